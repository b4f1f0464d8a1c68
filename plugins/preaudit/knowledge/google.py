"""Google's clients: Cloud Storage, BigQuery, Pub/Sub, Firestore and the generative models."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = (
    "google-cloud-storage google-cloud-bigquery google-cloud-pubsub google-cloud-firestore google-generativeai"
    " google-genai"
)

_S = "google.cloud.storage."
_B = "google.cloud.bigquery."
_P = "google.cloud.pubsub_v1."
_F = "google.cloud.firestore."
CANONICAL = {
    "google.cloud.storage.client.Client": f"{_S}Client",
    "google.cloud.storage.bucket.Bucket": f"{_S}Bucket",
    "google.cloud.storage.blob.Blob": f"{_S}Blob",
    "google.cloud.bigquery.client.Client": f"{_B}Client",
    "google.cloud.firestore_v1.client.Client": f"{_F}Client",
    "google.cloud.firestore_v1.Client": f"{_F}Client",
    "google.cloud.firestore_v1.AsyncClient": f"{_F}AsyncClient",
    "google.genai.client.Client": "google.genai.Client",
    "google.generativeai.generative_models.GenerativeModel": "google.generativeai.GenerativeModel",
}
_QUERY = "where order_by limit offset start_after start_at end_before end_at select"
CLASSES = {
    f"{_S}Client": {
        "methods": {
            "bucket": f"free -> {_S}Bucket",
            "get_bucket": f"network -> {_S}Bucket",
            "lookup_bucket": f"network -> {_S}Bucket",
            "create_bucket": f"network -> {_S}Bucket",
            **each("network", "list_blobs list_buckets download_blob_to_file"),
            **each("file -> self", "from_service_account_json"),
            "from_service_account_info": "free -> self",
            **each("free", "batch close generate_signed_post_policy_v4"),
        },
        "attrs": each("free", "project"),
    },
    f"{_S}Bucket": {
        "methods": {
            "blob": f"free -> {_S}Blob",
            "get_blob": f"network -> {_S}Blob",
            "copy_blob": f"network -> {_S}Blob",
            "rename_blob": f"network -> {_S}Blob",
            **each(
                "network",
                "delete_blob delete_blobs list_blobs exists create delete reload patch update make_public",
            ),
            "generate_signed_url": "free -> str",
        },
        "attrs": each("free", "name client path"),
    },
    f"{_S}Blob": {
        "methods": {
            **each(
                "network",
                "upload_from_string upload_from_file upload_from_filename download_to_filename download_to_file"
                " delete reload patch update make_public make_private rewrite compose create_resumable_upload_session",
            ),
            "exists": "network -> bool",
            **each("network -> bytes", "download_as_bytes download_as_string"),
            "download_as_text": "network -> str",
            "open": "network",
            "generate_signed_url": "free -> str",
        },
        "attrs": {
            "bucket": f"free -> {_S}Bucket",
            **each("free", "name public_url size content_type metadata updated md5_hash media_link"),
        },
    },
    f"{_B}Client": {
        "methods": {
            "query": f"network -> {_B}QueryJob",
            "query_and_wait": f"network -> {_B}table.RowIterator",
            **each(
                "network",
                "insert_rows insert_rows_json load_table_from_uri load_table_from_json load_table_from_dataframe"
                " load_table_from_file get_table create_table delete_table get_dataset create_dataset delete_dataset"
                " list_tables list_datasets list_rows extract_table copy_table update_table get_job",
            ),
            **each("free", "dataset close"),
        },
        "attrs": each("free", "project location"),
    },
    f"{_B}QueryJob": {
        "methods": {
            "result": f"network -> {_B}table.RowIterator",
            **each("network", "to_dataframe to_arrow reload cancel exists done"),
        },
        "attrs": each("free", "job_id state errors total_bytes_processed"),
    },
    f"{_B}table.RowIterator": {
        "methods": {"to_dataframe": "network", "to_arrow": "network"},
        "attrs": {"total_rows": "free", "schema": "free"},
        "iter_effect": "network",
    },
    f"{_B}QueryJobConfig": {},
    f"{_P}PublisherClient": {
        "methods": {
            "publish": f"free -> {_P}publisher.futures.Future",
            **each("network", "create_topic delete_topic get_topic list_topics"),
            **each("free", "topic_path stop"),
        },
    },
    f"{_P}publisher.futures.Future": {
        "methods": {**each("wait", "result exception"), **each("free", "add_done_callback cancel done")},
    },
    f"{_P}SubscriberClient": {
        "methods": {
            **each("network", "pull acknowledge modify_ack_deadline create_subscription delete_subscription"),
            "subscribe": f"free -> {_P}subscriber.futures.StreamingPullFuture",
            **each("free", "subscription_path topic_path close"),
        },
    },
    f"{_P}subscriber.futures.StreamingPullFuture": {
        "methods": {"result": "wait", "cancel": "free"},
    },
    f"{_F}Client": {
        "methods": {
            "collection": f"free -> {_F}CollectionReference",
            "document": f"free -> {_F}DocumentReference",
            "collection_group": f"free -> {_F}Query",
            "batch": f"free -> {_F}WriteBatch",
            "transaction": "free",
            **each("network", "get_all collections recursive_delete"),
            "close": "free",
        },
    },
    f"{_F}CollectionReference": {
        "methods": {
            "document": f"free -> {_F}DocumentReference",
            "add": "network -> tuple",
            **each("network", "get stream list_documents"),
            **each(f"lazy -> {_F}Query", _QUERY),
        },
        "attrs": {"id": "free -> str"},
    },
    f"{_F}DocumentReference": {
        "methods": {
            "get": f"network -> {_F}DocumentSnapshot",
            **each("network", "set update delete create collections"),
            "collection": f"free -> {_F}CollectionReference",
            "on_snapshot": "free",
        },
        "attrs": {"id": "free -> str", "path": "free -> str"},
    },
    f"{_F}DocumentSnapshot": {
        "methods": {"to_dict": "free -> dict", "get": "free"},
        "attrs": {
            "exists": "free -> bool",
            "id": "free -> str",
            "reference": f"free -> {_F}DocumentReference",
        },
    },
    f"{_F}Query": {"methods": {**each("lazy -> self", _QUERY), **each("network", "get stream count")}},
    f"{_F}WriteBatch": {"methods": {"commit": "network", **each("free", "set update delete create")}},
    f"{_F}AsyncClient": {
        "methods": {
            "collection": f"free -> {_F}AsyncCollectionReference",
            "document": f"free -> {_F}AsyncDocumentReference",
            "batch": "free",
            "get_all": "free",
        },
    },
    f"{_F}AsyncCollectionReference": {
        "methods": {
            "document": f"free -> {_F}AsyncDocumentReference",
            "add": "async -> tuple",
            "get": "async",
            "stream": "free",
            **each("lazy", _QUERY),
        },
    },
    f"{_F}AsyncDocumentReference": {
        "methods": {
            "get": f"async -> {_F}DocumentSnapshot",
            **each("async", "set update delete create"),
            "collection": f"free -> {_F}AsyncCollectionReference",
        },
        "attrs": {"id": "free -> str"},
    },
    "google.generativeai.GenerativeModel": {
        "methods": {
            "generate_content": "network",
            "generate_content_async": "async",
            "count_tokens": "network",
            "count_tokens_async": "async",
            "start_chat": "free -> google.generativeai.ChatSession",
        },
    },
    "google.generativeai.ChatSession": {"methods": {"send_message": "network", "send_message_async": "async"}},
    "google.genai.Client": {
        "attrs": {
            "models": "free -> google.genai.models.Models",
            "files": "free -> google.genai.files.Files",
            "chats": "free -> google.genai.chats.Chats",
            "aio": "free -> google.genai.client.AsyncClient",
        },
    },
    "google.genai.client.AsyncClient": {
        "attrs": {
            "models": "free -> google.genai.models.AsyncModels",
            "files": "free -> google.genai.files.AsyncFiles",
        },
    },
    "google.genai.models.Models": {
        "methods": each(
            "network", "generate_content generate_content_stream embed_content generate_images count_tokens list get"
        ),
    },
    "google.genai.models.AsyncModels": {
        "methods": each(
            "async", "generate_content generate_content_stream embed_content generate_images count_tokens list get"
        ),
    },
    "google.genai.files.Files": {"methods": each("network", "upload get list delete download")},
    "google.genai.files.AsyncFiles": {"methods": each("async", "upload get list delete download")},
    "google.genai.chats.Chats": {"methods": {"create": "free -> google.genai.chats.Chat"}},
    "google.genai.chats.Chat": {"methods": each("network", "send_message send_message_stream")},
    "google.oauth2.service_account.Credentials": {
        "methods": {
            "from_service_account_file": "file -> self",
            "from_service_account_info": "free -> self",
            "with_scopes": "free -> self",
            "refresh": "network",
        },
    },
    "google.auth.transport.requests.Request": {"call": "network"},
}
FUNCTIONS = {
    "google.generativeai.configure": "free",
    "google.generativeai.embed_content": "network",
    "google.generativeai.upload_file": "network",
    "google.auth.default": "network -> tuple",
    "google.oauth2.id_token.verify_oauth2_token": "network",
    "google.oauth2.id_token.verify_firebase_token": "network",
}
INSTEAD = {
    "google.": "asyncio.to_thread",
    "google.cloud.firestore.": "google.cloud.firestore.AsyncClient",
    "google.genai.": "google.genai.client.AsyncClient",
    "google.generativeai.GenerativeModel.generate_content": (
        "google.generativeai.GenerativeModel.generate_content_async"
    ),
    "google.generativeai.ChatSession.send_message": "google.generativeai.ChatSession.send_message_async",
}
TIMEOUTS = {
    f"{_S}Client.get_bucket": ("timeout", 1, 60),
}
AWAITABLE = {f"{_P}PublisherClient.publish": "its future is a concurrent one: result() waits for it"}
