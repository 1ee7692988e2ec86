/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.wire.sip.SipMessage;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class TrafficTest {

    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 11, 15);

    private final Traffic traffic = Traffic.ofMessages(40_000, FIRST_DAY);

    @Test
    void aCallIsTheSameForItsNumber() {
        assertThat(traffic.call(1_234).packets()).isEqualTo(traffic.call(1_234).packets());
        assertThat(traffic.call(1_234).record()).isEqualTo(traffic.call(1_234).record());
    }

    @Test
    void callsHaveIdsOfTheirOwnAndAsManyMessagesAsAskedFor() {
        var ids = new HashSet<String>();
        long messages = 0;
        for (int n = 0; n < traffic.calls(); n++) {
            ids.add(traffic.call(n).callId());
            messages += traffic.call(n).packets().size();
        }
        assertThat(ids).hasSize(traffic.calls());
        assertThat(messages).isBetween(38_000L, 42_000L);
    }

    @Test
    void tenDaysAreFilledInOrderOfTime() {
        long begin = FIRST_DAY.atStartOfDay(ZoneOffset.UTC).toEpochSecond() * 1_000_000;
        long before = begin;
        var days = new HashSet<Long>();
        for (int n = 0; n < traffic.calls(); n++) {
            long at = traffic.call(n).record().getBeginAtUs();
            // The second leg of two begins a few milliseconds after the first.
            assertThat(at).isGreaterThanOrEqualTo(before - 5_000);
            before = at;
            days.add((at - begin) / 86_400_000_000L);
        }
        assertThat(days).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void messagesAreSipWithoutDefectsOfTheCallTheyBelongTo() {
        for (int n = 0; n < 300; n++) {
            var call = traffic.call(n);
            for (RawPacket packet : call.packets()) {
                byte[] payload = packet.getPayload().toByteArray();
                var sip = SipMessage.of(payload, 0, payload.length);
                assertThat(sip.defects()).as(packet.getPayload().toStringUtf8()).isEmpty();
                assertThat(sip.callId().toString()).isEqualTo(call.record().getCallId());
            }
        }
    }

    @Test
    void legsOfOneSessionNameEachOther() {
        var sessions = new HashMap<String, Call>();
        int joined = 0;
        for (int n = 0; n < 400; n++) {
            Call second = traffic.call(n).record();
            Call first = sessions.putIfAbsent(second.getSession(), second);
            if (first != null && !second.getSession().isEmpty()) {
                assertThat(first.getLinks(0).getCallId()).isEqualTo(second.getCallId());
                assertThat(second.getLinks(0).getCallId()).isEqualTo(first.getCallId());
                assertThat(second.getMessages()).isEqualTo(first.getMessages());
                joined++;
            }
        }
        assertThat(joined).isBetween(30, 50);
    }

    @Test
    void noTwoSubscribersHaveOneNumber() {
        var numbers = new HashSet<String>();
        for (int id = 0; id < 20_000; id++) {
            numbers.add(Subscriber.of(id).number());
        }
        assertThat(numbers).hasSize(20_000).allMatch(number -> number.matches("\\+49[0-9]{9,10}"));
    }
}
