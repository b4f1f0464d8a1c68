"""kafka-python: clients connect in the constructor; send() may wait a minute for the topic's metadata."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "kafka-python"

CANONICAL = {
    "kafka.producer.KafkaProducer": "kafka.KafkaProducer",
    "kafka.producer.kafka.KafkaProducer": "kafka.KafkaProducer",
    "kafka.consumer.KafkaConsumer": "kafka.KafkaConsumer",
    "kafka.consumer.group.KafkaConsumer": "kafka.KafkaConsumer",
    "kafka.admin.client.KafkaAdminClient": "kafka.KafkaAdminClient",
    "kafka.admin.KafkaAdminClient": "kafka.KafkaAdminClient",
}
CLASSES = {
    "kafka.KafkaProducer": {
        "init": "network",
        "methods": {
            "send": "network -> kafka.producer.future.FutureRecordMetadata",
            **each("network", "flush close partitions_for"),
            **each("free", "metrics bootstrap_connected"),
        },
    },
    "kafka.producer.future.FutureRecordMetadata": {
        "methods": {"get": "network", **each("free", "add_callback add_errback succeeded failed")},
    },
    "kafka.KafkaConsumer": {
        "init": "network",
        "methods": {
            **each("network", "poll commit committed position topics partitions_for_topic beginning_offsets"),
            **each("network", "end_offsets offsets_for_times close"),
            **each("free", "subscribe unsubscribe assign assignment commit_async pause resume paused seek"),
            **each("free", "subscription metrics"),
        },
        "iter_effect": "network",
    },
    "kafka.KafkaAdminClient": {
        "init": "network",
        "methods": {**each("network", "create_topics delete_topics list_topics describe_topics"), "close": "free"},
    },
}
INSTEAD = {"kafka.": "aiokafka.AIOKafkaProducer", "kafka.KafkaConsumer": "aiokafka.AIOKafkaConsumer"}
TIMEOUTS = {"kafka.KafkaProducer.flush": ("timeout", 0, None)}
