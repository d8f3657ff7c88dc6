"""Publishes prompts as strangers write them, and prints what became of each: a line of its id and the key of its image,
or the code and the message of its dead letter."""

import json
import os
import sys
import time
from datetime import datetime, timedelta, timezone

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

ENDS = ["stored-images", "prompts.dlq", "image-requests.dlq", "image-tokens.dlq", "images.dlq"]
TEXT = "a red circle"
YEAR = timedelta(days=365)
NOW = datetime.now(timezone.utc)


def nullable(name, kind):
    return {"name": name, "type": ["null", kind], "default": None}


def record(name, fields):
    return {"type": "record", "name": name, "namespace": "io.confluent.ksql.avro_schemas", "fields": fields}


def ksql(count="int", deadline="timestamp-millis"):
    """What ksqlDB makes of unquoted columns: names in capitals, everything nullable, maps as arrays of entries."""
    return record("KsqlDataSourceSchema", [
        nullable("TEXT", "string"),
        nullable("COUNT", count),
        nullable("SEED", "long"),
        nullable("SAMPLING", record("KsqlDataSourceSchema_SAMPLING", [
            nullable("TEMPERATURE", "double"), nullable("TOPK", "int"), nullable("BATCHSIZE", "int")])),
        nullable("LANE", "string"),
        nullable("LABELS", {"type": "array", "items": record("KsqlDataSourceSchema_LABELS", [
            nullable("key", "string"), nullable("value", "string")])}),
        nullable("DEADLINE", {"type": "long", "logicalType": deadline}),
    ])


def main():
    brokers = os.environ["BOOTSTRAP_SERVERS"]
    registry = SchemaRegistryClient({"url": os.environ["SCHEMA_REGISTRY_URL"]})

    def avro(schema, value, topic):
        # the topic names the subject: a schema of another name or other types is registered for a topic of its own
        return AvroSerializer(registry, json.dumps(schema))(value, SerializationContext(topic, MessageField.VALUE))

    ours = json.loads(registry.get_latest_version("prompts-value").schema.schema_str)
    micros = json.loads(json.dumps(ours).replace("timestamp-millis", "timestamp-micros"))
    event = {"specversion": "1.0", "id": "structured", "source": "/s", "type": "t", "data": {"text": TEXT}}
    everything = {
        "TEXT": TEXT, "COUNT": 1, "SEED": 7, "LANE": "BULK", "DEADLINE": NOW + YEAR,
        "SAMPLING": {"TEMPERATURE": 0.9, "TOPK": 20, "BATCHSIZE": None},
        "LABELS": [{"key": "who", "value": "ksqlDB"}, {"key": "what", "value": None}],
    }
    prompts = {
        "micros-past": avro(micros, {"text": TEXT, "deadline": NOW - YEAR}, "prompts"),
        "micros-future": avro(micros, {"text": TEXT, "deadline": NOW + YEAR}, "prompts"),
        "ksql-nulls": avro(ksql(), {"TEXT": TEXT}, "ksql-nulls"),
        "ksql-everything": avro(ksql(), everything, "ksql-everything"),
        "ksql-no-text": avro(ksql(), {"COUNT": 1}, "ksql-no-text"),
        "ksql-long": avro(ksql(count="long"), {"TEXT": TEXT, "COUNT": 1}, "ksql-long"),
        "ksql-too-long": avro(ksql(count="long"), {"TEXT": TEXT, "COUNT": 5_000_000_000}, "ksql-too-long"),
        "local-time": avro(ksql(deadline="local-timestamp-millis"), {"TEXT": TEXT, "DEADLINE": 1_000}, "local-time"),
        "structured": json.dumps(event).encode(),
        "json": json.dumps({"text": TEXT}).encode(),
    }
    headers = {"structured": {"content-type": "application/cloudevents+json; charset=UTF-8"}}

    consumer = Consumer({
        "bootstrap.servers": brokers, "group.id": "foreign", "enable.auto.commit": False,
        "isolation.level": "read_committed",
    })
    consumer.assign([
        TopicPartition(topic, number, 0)
        for topic in ENDS
        for number in consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ])
    producer = Producer({"bootstrap.servers": brokers})
    for name, value in prompts.items():
        producer.produce("prompts", key=name, value=value, headers=headers.get(name))
    producer.flush()

    deserialize = AvroDeserializer(registry)
    waiting = set(prompts)
    end = time.monotonic() + 240
    while waiting and time.monotonic() < end:
        message = consumer.poll(1)
        if message is None or message.error():
            continue
        name = message.key().decode().split("/")[0]
        if name not in waiting:
            continue
        waiting.remove(name)
        if message.topic() == "stored-images":
            request = deserialize(message.value(), SerializationContext(message.topic(), MessageField.VALUE))["request"]
            facts = {name: str(request[name]) for name in ("count", "lane", "labels", "deadline")}
            print(f"{name} drawn {json.dumps(facts)}")
        else:
            said = {key: value.decode() for key, value in message.headers()}
            print(f"{name} {said['dallemini.error.code']} {said['__streams.errors.message']}")
    if waiting:
        sys.exit(f"no answer: {waiting}")


if __name__ == "__main__":
    main()
