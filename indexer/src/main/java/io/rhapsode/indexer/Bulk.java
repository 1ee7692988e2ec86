/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Records on their way into the index, as one request body, with the offsets that may be committed once each of them is
 * stored or dead-lettered. Used again when that is done. Belongs to one thread.
 */
final class Bulk {

    private final IndexNames names;
    private final int maxDocuments;
    private final int maxBytes;
    private final JsonBytes body;

    /** The records whose documents are in the body, and where each one's lines end there. */
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    private final int[] ends;

    private final List<Refusal> refusals = new ArrayList<>();
    private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();

    private long openedAtNanos;
    private int atOnce;
    private int failures;
    private long retryAtNanos;

    /** A record that no document can be made of, or whose document Elasticsearch will never take. */
    record Refusal(ConsumerRecord<byte[], byte[]> record, String reason, String detail) {}

    /**
     * @param maxDocuments in one request
     * @param maxBytes of the body after which no more are added; one document may go beyond
     * @param names of the indices they go to
     */
    Bulk(int maxDocuments, int maxBytes, IndexNames names) {
        this.names = names;
        this.maxDocuments = maxDocuments;
        this.maxBytes = maxBytes;
        this.body = new JsonBytes(maxBytes + maxBytes / 8);
        this.ends = new int[maxDocuments];
        this.atOnce = maxDocuments;
    }

    void add(ConsumerRecord<byte[], byte[]> record, long nowNanos) {
        if (offsets.isEmpty()) {
            openedAtNanos = nowNanos;
        }
        offsets.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        int begin = body.length();
        if (record.value() == null) {
            refusals.add(new Refusal(record, "no-value", "the record has no value"));
            return;
        }
        try {
            Document.of(record.topic()).write(record.value(), body, names);
            ends[records.size()] = body.length();
            records.add(record);
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            body.cut(begin);
            refusals.add(new Refusal(record, "unreadable-value", "no document can be made of it: " + e));
        }
    }

    boolean isEmpty() {
        return offsets.isEmpty();
    }

    /** @param documents that are enough at present */
    boolean isFull(int documents) {
        return records.size() + refusals.size() >= Math.min(maxDocuments, documents) || body.length() >= maxBytes;
    }

    /** Nothing left to store or to dead-letter. */
    boolean isSettled() {
        return records.isEmpty() && refusals.isEmpty();
    }

    boolean hasDocuments() {
        return !records.isEmpty();
    }

    long openedAtNanos() {
        return openedAtNanos;
    }

    byte[] bytes() {
        return body.bytes();
    }

    /** Sends no more documents at once from now on. */
    void limit(int documents) {
        atOnce = Math.min(atOnce, documents);
    }

    /** How many documents the next request holds: all, unless they are too many for Elasticsearch. */
    int sendingDocuments() {
        return Math.min(atOnce, records.size());
    }

    /** How many bytes the next request has. */
    int sendingLength() {
        return ends[sendingDocuments() - 1];
    }

    List<Refusal> refusals() {
        return refusals;
    }

    Map<TopicPartition, OffsetAndMetadata> offsets() {
        return offsets;
    }

    /** These partitions are someone else's now: their offsets are not ours to commit. */
    void forget(Set<TopicPartition> partitions) {
        offsets.keySet().removeAll(partitions);
    }

    int failures() {
        return failures;
    }

    long retryAtNanos() {
        return retryAtNanos;
    }

    void retryAt(long nanos) {
        retryAtNanos = nanos;
        failures++;
    }

    /**
     * Takes out what is stored, sets aside what is refused, keeps the rest in its order for the next request.
     *
     * @return how many documents met each outcome
     */
    Map<Outcome, Integer> judge(BulkAnswer answer) {
        int sent = sendingDocuments();
        var counts = new EnumMap<Outcome, Integer>(Outcome.class);
        boolean refusedAsAWhole = answer.status() == 400 || answer.status() == 413;
        if (refusedAsAWhole && sent > 1) {
            atOnce = sent / 2;
            return counts;
        }
        int kept = 0;
        int length = 0;
        for (int i = 0; i < records.size(); i++) {
            var item = refusedAsAWhole
                    ? new BulkAnswer.Item(answer.status(), "request-refused", answer.trouble())
                    : answer.item(i);
            Outcome outcome = i >= sent ? Outcome.RETRY : answer.allStored() ? Outcome.STORED : item.outcome();
            if (i < sent) {
                counts.merge(outcome, 1, Integer::sum);
            }
            if (outcome == Outcome.POISON) {
                refusals.add(new Refusal(records.get(i), item.type().replace('_', '-'), item.reason()));
            } else if (outcome == Outcome.RETRY) {
                length = keep(i, kept++, length);
            }
        }
        body.cut(length);
        records.subList(kept, records.size()).clear();
        if (counts.containsKey(Outcome.STORED)) {
            failures = 0;
            atOnce = Math.min(maxDocuments, 2 * atOnce);
        }
        return counts;
    }

    /** Moves a document towards the beginning of the body; returns the length so far. */
    private int keep(int from, int to, int length) {
        // The end before is still the old one: documents only move to places before their own.
        int begin = from == 0 ? 0 : ends[from - 1];
        int count = ends[from] - begin;
        body.move(begin, count, length);
        ends[to] = length + count;
        records.set(to, records.get(from));
        return length + count;
    }

    void clear() {
        body.cut(0);
        records.clear();
        refusals.clear();
        offsets.clear();
        atOnce = maxDocuments;
        failures = 0;
        retryAtNanos = 0;
    }
}
