"""Publishes a prompt as an event and waits until its image is stored or has failed.

    pip install -r requirements.txt
    python publish_prompt.py "a red circle on a blue background"
"""

import os
import sys
import time
import uuid
from datetime import datetime, timezone

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

ENDS = ["stored-images", "prompts.dlq", "image-requests.dlq", "image-tokens.dlq", "images.dlq"]


def header(message, name):
    values = [value for key, value in message.headers() or [] if key == name]
    return values[-1].decode() if values else ""


def main():
    text = sys.argv[1] if len(sys.argv) > 1 else "a red circle on a blue background"
    brokers = os.environ.get("BOOTSTRAP_SERVERS", "127.0.0.1:9092")
    registry = SchemaRegistryClient({"url": os.environ.get("SCHEMA_REGISTRY_URL", "http://127.0.0.1:8081")})
    prompt_id = str(uuid.uuid4())

    # From here on, so that nothing is missed. A service would rather have a group of its own and read all.
    consumer = Consumer({
        "bootstrap.servers": brokers,
        "group.id": "example-" + prompt_id,
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
    })
    partitions = []
    for topic in ENDS:
        for number in consumer.list_topics(topic, timeout=10).topics[topic].partitions:
            partition = TopicPartition(topic, number)
            partition.offset = consumer.get_watermark_offsets(partition, timeout=10)[1]
            partitions.append(partition)
    consumer.assign(partitions)

    # The schema that `dallemini schemas register` has registered; a publisher registers none.
    serialize = AvroSerializer(registry, conf={"auto.register.schemas": False, "use.latest.version": True})
    producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True})
    producer.produce(
        "prompts",
        key=prompt_id,
        value=serialize({"text": text}, SerializationContext("prompts", MessageField.VALUE)),
        # CloudEvents, binary mode: the prompt has the event's id, and the headers come back with the image.
        headers={
            "ce_specversion": "1.0",
            "ce_id": prompt_id,
            "ce_source": "/examples/python",
            "ce_type": "org.dallemini.prompt.requested",
            "ce_time": datetime.now(timezone.utc).isoformat(),
            "content-type": "application/avro",
        },
        on_delivery=lambda error, _: error and sys.exit(f"not published: {error}"),
    )
    producer.flush()
    print(f"published {prompt_id}", file=sys.stderr)

    deserialize = AvroDeserializer(registry)
    end = time.monotonic() + 300
    while time.monotonic() < end:
        message = consumer.poll(1)
        if message is None or message.error() or header(message, "ce_id") != prompt_id:
            continue
        if message.topic() != "stored-images":
            sys.exit(f"{header(message, 'dallemini.error.code')}: {header(message, '__streams.errors.message')}")
        image = deserialize(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
        print(f"{image['bucket']}/{image['key']}")
        return
    sys.exit("no answer within 5 minutes: does the pipeline run?")


if __name__ == "__main__":
    main()
