// SPDX-License-Identifier: Apache-2.0
// Who is failing calls right now: every five seconds, what failed in the last five minutes, by host and code.
import kafkajs from "kafkajs";
import lz4 from "lz4js";

const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = kafkajs;

// What Rhapsode writes is compressed with LZ4, which kafkajs leaves to others.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

const WINDOW_MS = 5 * 60_000;
const brokers = [process.argv[2] ?? "127.0.0.1:9092"];
const kafka = new Kafka({ clientId: "failing-calls", brokers, logLevel: logLevel.ERROR });
// kafkajs reads committed records only, unless it is told otherwise. A group of its own each time: this program starts
// over.
const consumer = kafka.consumer({ groupId: `failing-calls-${Date.now()}` });

// The newest record of each call; a call's name is its Call-ID and the time it was opened.
const calls = new Map();

function take(call) {
  const name = `${call.call_id}/${call.opened_at_us}`;
  const known = calls.get(name);
  // 64-bit numbers are strings in JSON. A newer record replaces an older one; one that is read twice changes nothing.
  if (!known || BigInt(call.revision) > BigInt(known.revision)) {
    calls.set(name, call);
  }
}

function print() {
  const since = (Date.now() - WINDOW_MS) * 1000;
  const failures = new Map();
  for (const [name, call] of calls) {
    if (Number(call.last_at_us) < since) {
      calls.delete(name);
    } else if (call.state === "FAILED") {
      // What is empty or 0 is not there.
      const who = `${call.to_host ?? ""}  ${call.final_code ?? 0} ${call.final_reason ?? ""}`;
      failures.set(who, (failures.get(who) ?? 0) + 1);
    }
  }
  console.log(`${calls.size} calls in the last 5 minutes`);
  for (const [who, count] of [...failures].sort((a, b) => b[1] - a[1]).slice(0, 20)) {
    console.log(`${String(count).padStart(6)}  ${who}`);
  }
}

await consumer.connect();
await consumer.subscribe({ topic: "rhapsode.calls.v1.json", fromBeginning: true });
await consumer.run({ eachMessage: async ({ message }) => take(JSON.parse(message.value.toString())) });
setInterval(print, 5000);
