"""What one connection, one address, and all strangers together may take of a process: the table of docs/security.md."""

READ_BYTES = 8 * 1024  # taken from a connection at once: parsing so many lasts a few milliseconds, whatever they are
WHOLESALE_BYTES = 256 * 1024  # likewise of what is dropped unread, and of the file of who is signed in
SLICE_S = 0.002  # of the event loop, for what others have sent, before everything else has its turn
ACCEPTS = 10  # new connections that are taken before everything else has its turn
CONNECTIONS = 300  # of one address; those of signed-in sockets are not counted
ALL_CONNECTIONS = 3_000  # of all addresses together, likewise
HEAD_S = 20.0  # to send the head of a request, and between two requests
BODY_S = 30.0  # to send its body, and
BODY_BYTES_PER_S = 16 * 1024  # a second more for every so many bytes that have come
IN_MEMORY_BYTES = 16 * 1024  # of a body; more goes to a file
UPLOADS = 3  # larger bodies that one account may be sending at once
ALL_UPLOADS = 10  # and all of them together
LINGER_S = 5.0  # for which a body that was refused is read on and dropped: else its sender never sees the answer
LINGERING = 3  # bodies of one address or account that are read on like that at once
ALL_LINGERING = 10  # and of all together; the others are cut off
UNREAD_BYTES = 32 * 1024 * 1024  # of answers that one address has not taken
ALL_UNREAD_BYTES = 256 * 1024 * 1024  # and all of them together
STREAM_AHEAD_BYTES = 256 * 1024  # of a download that its reader has not taken
