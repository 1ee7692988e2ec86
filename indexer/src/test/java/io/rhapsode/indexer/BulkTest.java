/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BulkTest {

    private static final TopicPartition PARTITION = new TopicPartition(Document.MESSAGE.topicName(), 0);
    private static final Pattern ID = Pattern.compile("\"_id\":\"([^\"]+)\"");

    private final Bulk bulk = filled(8);

    private static Bulk filled(int documents) {
        var bulk = new Bulk(100, 1 << 20, IndexNames.DAILY);
        for (int offset = 0; offset < documents; offset++) {
            bulk.add(Samples.message(offset), 0);
        }
        return bulk;
    }

    /** The raw offsets of the messages in the next request, from their ids, and that each has its two lines whole. */
    private static List<Long> sending(Bulk bulk) {
        String body = new String(bulk.bytes(), 0, bulk.sendingLength(), StandardCharsets.UTF_8);
        String[] lines = body.split("\n");
        assertThat(lines).hasSize(2 * bulk.sendingDocuments());
        assertThat(lines).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        return ID.matcher(body)
                .results()
                .map(id -> Long.parseLong(id.group(1).substring(14), 32))
                .toList();
    }

    private static BulkAnswer answer(int... statuses) {
        var text = new StringBuilder("{\"errors\":true,\"items\":[");
        for (int i = 0; i < statuses.length; i++) {
            text.append(i == 0 ? "" : ",").append("{\"index\":{\"status\":").append(statuses[i]);
            text.append(statuses[i] < 300 ? "" : ",\"error\":{\"type\":\"some_exception\",\"reason\":\"because\"}");
            text.append("}}");
        }
        return BulkAnswer.parse(
                new ByteArrayInputStream(text.append("]}").toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatIsToBeTriedAgainStaysInItsOrderAndWhole() {
        var counts = bulk.judge(answer(201, 429, 400, 200, 503, 409, 0, 201));
        assertThat(counts).isEqualTo(Map.of(Outcome.STORED, 4, Outcome.RETRY, 3, Outcome.POISON, 1));
        assertThat(sending(bulk)).containsExactly(1L, 4L, 6L);
        assertThat(bulk.refusals())
                .extracting(refusal -> refusal.record().offset())
                .containsExactly(2L);
        assertThat(bulk.refusals().get(0).reason()).isEqualTo("some-exception");
        assertThat(bulk.refusals().get(0).detail()).isEqualTo("because");
        assertThat(bulk.isSettled()).isFalse();
    }

    @Test
    void documentsWithoutAWordInTheAnswerAreTriedAgain() {
        bulk.judge(answer(201, 201, 201));
        assertThat(sending(bulk)).containsExactly(3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void noAnswerAtAllKeepsEverything() {
        bulk.judge(BulkAnswer.failed(0, "timeout"));
        assertThat(sending(bulk)).hasSize(8);
    }

    @Test
    void anAnswerWithoutErrorsSettlesAll() {
        var answer = BulkAnswer.parse(
                new ByteArrayInputStream("{\"errors\":false,\"items\":[]}".getBytes(StandardCharsets.UTF_8)));
        bulk.judge(answer);
        assertThat(bulk.isSettled()).isTrue();
        assertThat(bulk.offsets()).isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(8)));
    }

    @Test
    void aRequestRefusedAsAWholeIsHalvedUntilTheOneDocumentAtFaultIsFound() {
        long bad = 5;
        for (int requests = 0; !bulk.isSettled() && bulk.hasDocuments(); requests++) {
            assertThat(requests).isLessThan(20);
            List<Long> sent = sending(bulk);
            bulk.judge(
                    sent.contains(bad)
                            ? BulkAnswer.failed(413, "too large")
                            : answer(sent.stream().mapToInt(i -> 201).toArray()));
        }
        assertThat(bulk.refusals())
                .extracting(refusal -> refusal.record().offset())
                .containsExactly(bad);
    }

    @Test
    void recordsNoDocumentCanBeMadeOfAreSetAsideAndSpoilNoOther() {
        var mixed = new Bulk(100, 1 << 20, IndexNames.DAILY);
        mixed.add(Samples.message(0), 0);
        mixed.add(Samples.record(Document.MESSAGE.topicName(), 1, new byte[] {1, 2, 3}), 0);
        mixed.add(Samples.record(Document.CALL.topicName(), 2, null), 0);
        mixed.add(Samples.message(3), 0);
        assertThat(sending(mixed)).containsExactly(0L, 3L);
        assertThat(mixed.refusals()).extracting(Bulk.Refusal::reason).containsExactly("unreadable-value", "no-value");
        mixed.judge(answer(201, 201));
        assertThat(mixed.isSettled())
                .as("the refused are not dead-lettered yet")
                .isFalse();
    }

    @Test
    void offsetsOfPartitionsThatWereTakenAwayAreForgotten() {
        bulk.forget(Set.of(PARTITION));
        assertThat(bulk.offsets()).isEmpty();
    }

    @Test
    void itIsFullByDocumentsOrByBytes() {
        var small = new Bulk(2, 1 << 20, IndexNames.DAILY);
        small.add(Samples.message(0), 0);
        assertThat(small.isFull(Integer.MAX_VALUE)).isFalse();
        small.add(Samples.message(1), 0);
        assertThat(small.isFull(Integer.MAX_VALUE)).isTrue();
        var light = new Bulk(100, 64, IndexNames.DAILY);
        light.add(Samples.message(0), 0);
        assertThat(light.isFull(Integer.MAX_VALUE)).isTrue();
    }

    @Test
    void anAnswerThatIsNoBulkAnswerStoresNothing() {
        var answer = BulkAnswer.parse(new ByteArrayInputStream("{\"took\":3}".getBytes(StandardCharsets.UTF_8)));
        bulk.judge(answer);
        assertThat(sending(bulk)).hasSize(8);
    }
}
