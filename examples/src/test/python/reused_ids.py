"""Publishes prompts under ids that are taken, by every partitioner and into every partition, and counts what comes of it."""

import os
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

IDS = ["reused-%d" % i for i in range(6)]
BROKERS = os.environ["BOOTSTRAP_SERVERS"]


def reader(topic):
    consumer = Consumer({
        "bootstrap.servers": BROKERS,
        "group.id": "reused-ids",
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
    })
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    return consumer


def read_until(consumer, found, wanted, select):
    end = time.time() + 120
    while len(found) < wanted and time.time() < end:
        message = consumer.poll(1)
        if message is not None and message.error() is None and select(message):
            found.append(message)
    return found


def main():
    registry = SchemaRegistryClient({"url": os.environ["SCHEMA_REGISTRY_URL"]})
    serialize = AvroSerializer(registry, conf={"auto.register.schemas": False, "use.latest.version": True})
    default = Producer({"bootstrap.servers": BROKERS})
    like_java = Producer({"bootstrap.servers": BROKERS, "partitioner": "murmur2_random"})

    def publish(producer, key, text, **where):
        value = serialize({"text": text, "seed": 1}, SerializationContext("prompts", MessageField.VALUE))
        producer.produce("prompts", key=key, value=value, **where)

    stored = reader("stored-images")
    ours = lambda message: message.key().decode().startswith("reused-")
    for key in IDS:
        publish(default, key, "a red circle")
    default.flush(10)
    images = read_until(stored, [], len(IDS), ours)

    others = 0
    partitions = len(default.list_topics("prompts", timeout=10).topics["prompts"].partitions)
    for key in IDS:
        publish(like_java, key, "a red circle")
        publish(like_java, key, "a blue star")
        others += 1
        for partition in range(partitions):
            publish(default, key, "a blue star", partition=partition)
            others += 1
    publish(default, "reused-end", "a red circle")
    default.flush(10)
    like_java.flush(10)

    letters = read_until(reader("prompts.dlq"), [], others, ours)
    read_until(stored, images, len(IDS) + 1, ours)
    codes = {value.decode() for letter in letters for name, value in letter.headers() if name == "dallemini.error.code"}
    print(len(images), "stored,", len({image.key() for image in images}), "different,", others - len(letters),
          "not refused,", ",".join(sorted(codes)))


if __name__ == "__main__":
    sys.exit(main())
