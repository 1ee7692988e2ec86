/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import io.rhapsode.indexer.Document;
import io.rhapsode.indexer.JsonBytes;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.stream.SipMessages;
import io.rhapsode.wire.sip.SipMessage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Traffic into Elasticsearch in the documents that the indexer writes, of messages as the stream-processor parses them,
 * and of calls; without gateway, Kafka and stream-processor in between.
 */
final class TrafficLoad {

    /** Calls whose messages stand in order of time among each other; one bulk has all of them. */
    private static final int CALLS_A_BULK = 200;

    private static final int BULKS_AT_A_TIME = 2;
    private static final int PARTITIONS = 8;

    /** No script has more. */
    private static final int MOST_MESSAGES = 64;

    interface Progress {
        /** @param calls so many from the first on are stored */
        void stored(int calls) throws IOException;
    }

    private record Packet(RawPacket packet, int partition, long offset) {}

    private final Traffic traffic;
    private final IndexedSoFar index;
    private final SipMessages messages = new SipMessages(List.of());
    private final JsonBytes body = new JsonBytes(8 << 20);
    private final Deque<Future<Integer>> underWay = new ArrayDeque<>();

    TrafficLoad(Traffic traffic, IndexedSoFar index) {
        this.traffic = traffic;
        this.index = index;
    }

    /** @param from the first call that is not stored yet */
    void load(int from, Progress progress) throws IOException, InterruptedException {
        ExecutorService senders = Executors.newFixedThreadPool(BULKS_AT_A_TIME);
        try {
            for (int begin = from; begin < traffic.calls(); begin += CALLS_A_BULK) {
                int end = Math.min(traffic.calls(), begin + CALLS_A_BULK);
                byte[] bulk = bulk(begin, end);
                await(BULKS_AT_A_TIME, progress);
                underWay.add(senders.submit(() -> {
                    index.send(bulk);
                    return end;
                }));
            }
            await(0, progress);
        } finally {
            senders.shutdownNow();
        }
    }

    private void await(int atMost, Progress progress) throws IOException, InterruptedException {
        while (underWay.size() > atMost) {
            try {
                progress.stored(underWay.remove().get());
            } catch (ExecutionException e) {
                throw new IOException("a bulk was not stored", e.getCause());
            }
        }
    }

    private byte[] bulk(int begin, int end) throws IOException {
        body.cut(0);
        var packets = new ArrayList<Packet>();
        for (int number = begin; number < end; number++) {
            var call = traffic.call(number);
            int partition = Math.floorMod(call.callId().hashCode(), PARTITIONS);
            long offset = (long) number * MOST_MESSAGES;
            for (RawPacket packet : call.packets()) {
                packets.add(new Packet(packet, partition, offset++));
            }
            Document.CALL.write(call.record().toByteArray(), body);
        }
        packets.sort(Comparator.comparingLong(each -> each.packet().getCapturedAtUs()));
        for (Packet each : packets) {
            byte[] payload = each.packet().getPayload().toByteArray();
            var sip = SipMessage.of(payload, 0, payload.length);
            byte[] record = each.packet().toByteArray();
            long at = each.packet().getReceivedAtUs();
            Document.MESSAGE.write(
                    messages.write(record, each.packet(), sip, payload, at, each.partition(), each.offset()), body);
        }
        return Arrays.copyOf(body.bytes(), body.length());
    }
}
