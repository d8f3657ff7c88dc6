// Publishes a prompt as an event and waits until its image is stored or has failed.
//
//   npm install
//   node publish-prompt.js "a red circle on a blue background"
import { randomUUID } from 'node:crypto';
import kafkaJavascript from '@confluentinc/kafka-javascript';
import { AvroDeserializer, AvroSerializer, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry';

const { Kafka, logLevel } = kafkaJavascript.KafkaJS;
const ENDS = ['stored-images', 'prompts.dlq', 'image-requests.dlq', 'image-tokens.dlq', 'images.dlq'];

const text = process.argv[2] ?? 'a red circle on a blue background';
const brokers = (process.env.BOOTSTRAP_SERVERS ?? '127.0.0.1:9092').split(',');
const registry = new SchemaRegistryClient({ baseURLs: [process.env.SCHEMA_REGISTRY_URL ?? 'http://127.0.0.1:8081'] });
// The schema that `dallemini schemas register` has registered; a publisher registers none.
const serializer = new AvroSerializer(registry, SerdeType.VALUE, { autoRegisterSchemas: false, useLatestVersion: true });
const deserializer = new AvroDeserializer(registry, SerdeType.VALUE, {});
const id = randomUUID();

const header = (message, name) => message.headers?.[name]?.toString() ?? '';

const kafka = new Kafka({ kafkaJS: { clientId: 'example', brokers, logLevel: logLevel.ERROR } });
// From here on, so that nothing is missed. A service would rather have a group of its own and read all.
const admin = kafka.admin();
await admin.connect();
const ends = [];
for (const topic of ENDS) {
  for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
    ends.push({ topic, partition, offset: high });
  }
}
await admin.disconnect();

const consumer = kafka.consumer({ kafkaJS: { groupId: `example-${id}` } });
await consumer.connect();
await consumer.subscribe({ topics: ENDS });
const ended = new Promise((resolve) => {
  setTimeout(() => resolve({ error: 'no answer within 5 minutes: does the pipeline run?' }), 300_000).unref();
  consumer.run({
    eachMessage: async ({ topic, message }) => {
      if (header(message, 'ce_id') !== id) {
        return;
      }
      if (topic === 'stored-images') {
        resolve({ image: await deserializer.deserialize(topic, message.value) });
      } else {
        const code = header(message, 'dallemini.error.code');
        resolve({ error: `${code}: ${header(message, '__streams.errors.message')}` });
      }
    },
  });
});
ends.forEach((end) => consumer.seek(end));

const producer = kafka.producer({ kafkaJS: { idempotent: true } });
await producer.connect();
await producer.send({
  topic: 'prompts',
  messages: [{
    key: id,
    value: await serializer.serialize('prompts', { text }),
    // CloudEvents, binary mode: the prompt has the event's id, and the headers come back with the image.
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: '/examples/javascript',
      ce_type: 'org.dallemini.prompt.requested',
      ce_time: new Date().toISOString(),
      'content-type': 'application/avro',
    },
  }],
});
await producer.disconnect();
console.error(`published ${id}`);

const { image, error } = await ended;
await consumer.disconnect();
if (error) {
  console.error(error);
  process.exitCode = 1;
} else {
  console.log(`${image.bucket}/${image.key}`);
}
