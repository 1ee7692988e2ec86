/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rhapsode.schema.StageCount;
import io.rhapsode.stream.state.Legs;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Tally;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kafka Streams gives a task the same processors again: after a commit that was not confirmed in time, when the state is as it
 * was before, and after the task was a standby meanwhile, when another instance has gone on with it.
 */
class RestoredTaskTest {

    private static final Bytes KEY = Bytes.wrap("c1".getBytes(UTF_8));

    private static <V> void restore(KeyValueStore<Bytes, V> store, List<KeyValue<Bytes, V>> as) {
        try (var all = store.all()) {
            all.forEachRemaining(entry -> store.delete(entry.key));
        }
        store.putAll(as);
    }

    private static <V> List<KeyValue<Bytes, V>> copy(KeyValueStore<Bytes, V> store) {
        var copy = new ArrayList<KeyValue<Bytes, V>>();
        try (var all = store.all()) {
            all.forEachRemaining(copy::add);
        }
        return copy;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7})
    void countsGoOnFromWhatTheStoreHas(long count) {
        var context = new MockProcessorContext<String, StageCount>();
        context.setCurrentSystemTimeMs(Script.BEGIN / 1_000);
        KeyValueStore<Bytes, Tally> store = CallProcessorTest.store(context, CountProcessor.STORE, Tally.parser());
        var record = new Record<>(KEY, new Parsed(null, null, null, null, null, "edge-1", Script.BEGIN), 0);
        var processor = new CountProcessor(CountProcessor.STAGE);
        processor.init(context);
        processor.process(record);
        processor.process(record);
        processor.close();
        copy(store)
                .forEach(entry -> store.put(
                        entry.key, entry.value.toBuilder().setCount(count).build()));

        processor.init(context);
        processor.process(record);
        context.scheduledPunctuators().get(1).getPunctuator().punctuate(0);

        assertThat(context.forwarded())
                .extracting(forward -> forward.record().value().getCount())
                .containsExactly(count + 1);
    }

    @Test
    void callsGoOnFromWhatWasCommitted() {
        var context = new MockProcessorContext<Bytes, Followed>();
        KeyValueStore<Bytes, OpenCall> store = CallProcessorTest.store(context, CallProcessor.STORE, OpenCall.parser());
        CallProcessorTest.store(context, LegProcessor.STORE, Legs.parser());
        context.setCurrentSystemTimeMs(Script.BEGIN / 1_000);
        var messages = Script.messages("0 a INVITE 1 \n 1 a 180/INVITE 1 \n 2 a 486/INVITE 1");
        var processor = new CallProcessor(
                new CallLimits(1_000_000_000L),
                100,
                new KpiDimensions(List.of()),
                0,
                new StreamMetrics(new SimpleMeterRegistry()));
        processor.init(context);
        processor.process(new Record<>(KEY, messages.get(0), 0));
        var committed = copy(store);
        processor.process(new Record<>(KEY, messages.get(1), 0));
        processor.process(new Record<>(Bytes.wrap("c2".getBytes(UTF_8)), messages.get(2), 0));
        processor.close();
        restore(store, committed);

        processor.init(context);
        processor.process(new Record<>(KEY, messages.get(1), 0));
        context.setCurrentSystemTimeMs(Script.BEGIN / 1_000 + 2_000);
        context.scheduledPunctuators().get(1).getPunctuator().punctuate(0);

        assertThat(context.forwarded().stream().flatMap(forward -> forward.record().value().calls().stream()))
                .singleElement()
                .satisfies(call -> assertThat(call.getMessages()).isEqualTo(2));
        assertThat(store.get(Bytes.wrap("c2".getBytes(UTF_8)))).isNull();
    }
}
