"""The storage of pictures and audio in a bucket (Amazon S3, MinIO, Garage, Ceph, R2 …).

Named in the settings when `S3_BUCKET` is set; the library is only needed then.
"""

from typing import Any

from botocore.config import Config
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

_MOMENTS = Config(
    connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 2}
)
"""A request to a dead bucket is over in 8 seconds, to a silent one in 42: people wait for them."""
_MINUTES = Config(read_timeout=600)


class ObjectStorage(S3Storage):
    """A bucket whose files keep the addresses that our own doors give them.

    Pictures stay at `MEDIA_URL`, so that feeds name the same address for ever: what a bucket signs
    expires. `browser_client` signs for the address under which browsers reach the bucket.
    """

    client_config: Config

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client_config = self.client_config.merge(_MOMENTS)

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
        return self._own_client(settings.S3_BROWSER_ENDPOINT_URL, self.client_config)

    @property
    def patient_client(self) -> Any:
        """For copies in the bucket, where some servers say nothing until gigabytes are moved."""
        return self._own_client(self.endpoint_url, self.client_config.merge(_MINUTES))

    def _own_client(self, endpoint: str | None, config: Config) -> Any:
        return self._create_session().client(
            "s3", region_name=self.region_name, endpoint_url=endpoint, config=config
        )
