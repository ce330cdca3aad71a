"""How static files are named on a deployed site: with a hash of their content, also where modules import each other.

So a page and what it loads are always of one version, and browsers may keep what they have for good. ``collectstatic``
makes the names; what does not fit together ends it, and with it the upgrade. With ``DEBUG`` nothing is collected, and
files have their plain names.
"""

import logging
import re

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

logger = logging.getLogger(__name__)

# A file that a module asks for beside its imports; Django knows only those.
ADDRESS_IN_MODULE = (
    r"""(?P<matched>new URL\(\s*["'](?P<url>\.{1,2}/[^"']+)["'],\s*import\.meta\.url\s*\))""",
    'new URL("%(url)s", import.meta.url)',
)


class HashedFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("*.js", (ADDRESS_IN_MODULE,)))
    max_post_process_passes = 50  # modules that import each other in a long row need one each
    keep_only_hashed_files = True  # see delete_files

    def delete_files(self, files_to_delete):
        """Plain files stay; only what was written on the way to the final names goes."""
        super().delete_files(name for name in files_to_delete if is_hashed(name))

    def load_manifest(self):
        """What was cut off while it was written must not keep ``collectstatic`` from writing it anew."""
        try:
            return super().load_manifest()
        except ValueError:
            logger.exception("The list of static files cannot be read.")
            return {}, ""

    def stored_name(self, name):
        """A name that is missing in the manifest stands for itself: better a page without one file than no page.

        (``manifest_strict = False`` would read and hash the file for every page, and fail where there is none.)
        """
        try:
            return super().stored_name(name)
        except ValueError:
            if self.hashed_files:
                logger.error("%s is not among the collected static files.", name)
            return name


def is_hashed(name: str) -> bool:
    return re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, name) is not None
