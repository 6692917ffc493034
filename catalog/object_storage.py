"""The storage of pictures and audio in a bucket (Amazon S3, MinIO, Garage, Ceph, R2 …).

Named in the settings when `S3_BUCKET` is set; the library is only needed then.
"""

from typing import Any

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class ObjectStorage(S3Storage):
    """A bucket whose files keep the addresses that our own doors give them.

    Pictures stay at `MEDIA_URL`, so that feeds name the same address for ever: what a bucket signs
    expires. `browser_client` signs for the address under which browsers reach the bucket.
    """

    def url(
        self,
        name: str | None,
        parameters: Any = None,  # noqa: ARG002 - the library's signature
        expire: int | None = None,  # noqa: ARG002
        http_method: str | None = None,  # noqa: ARG002
    ) -> str:
        return settings.MEDIA_URL + filepath_to_uri(str(name))

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    @property
    def browser_client(self) -> Any:
        if not settings.S3_BROWSER_ENDPOINT_URL:
            return self.client
        session = self._create_session()
        return session.client(
            "s3",
            region_name=self.region_name,
            endpoint_url=settings.S3_BROWSER_ENDPOINT_URL,
            config=self.client_config,
        )
