"""aiokafka: coroutines."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "aiokafka"

CANONICAL = {
    "aiokafka.producer.AIOKafkaProducer": "aiokafka.AIOKafkaProducer",
    "aiokafka.consumer.AIOKafkaConsumer": "aiokafka.AIOKafkaConsumer",
}
CLASSES = {
    "aiokafka.AIOKafkaProducer": {
        "methods": each("async", "start stop send send_and_wait flush partitions_for begin_transaction"),
    },
    "aiokafka.AIOKafkaConsumer": {
        "methods": {
            **each("async", "start stop getone getmany commit committed position seek_to_beginning topics"),
            **each("free", "subscribe unsubscribe assign assignment seek pause resume"),
        },
    },
}
