"""Work that takes longer than a moment: declared by one decorator, started by one call, watched by its owner.

``registry`` is what can be done, ``queue`` the way of a job from its start to its end, ``run`` what a job's function
has in its hands, ``worker`` what carries one out, ``serializer`` what a page is told of it. Who carries jobs out is a
setting, and none of their business (``backends``). ``fire_and_forget`` is for work that may be lost,
``periodic`` for what is done again and again. docs/background.md explains it.
"""
