"""confluent-kafka: produce() only queues; poll(), flush() and the consumer wait."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "confluent-kafka"

CLASSES = {
    "confluent_kafka.Producer": {
        "methods": {
            **each("network", "poll flush list_topics init_transactions commit_transaction"),
            **each("free", "produce begin_transaction purge"),
        },
    },
    "confluent_kafka.Consumer": {
        "methods": {
            **each("network", "poll consume commit committed list_topics get_watermark_offsets close"),
            **each("free", "subscribe unsubscribe assign assignment seek pause resume position store_offsets"),
        },
    },
    "confluent_kafka.Message": {"methods": each("free", "value key topic partition offset error headers timestamp")},
    "confluent_kafka.admin.AdminClient": {
        "methods": {**each("network", "list_topics poll"), **each("free", "create_topics delete_topics")},
    },
}
CLASSES["confluent_kafka.Consumer"]["methods"]["poll"] = "network -> confluent_kafka.Message"
INSTEAD = {"confluent_kafka.": "aiokafka.AIOKafkaProducer", "confluent_kafka.Consumer": "aiokafka.AIOKafkaConsumer"}
CANONICAL = {"confluent_kafka.cimpl.Message": "confluent_kafka.Message"}
