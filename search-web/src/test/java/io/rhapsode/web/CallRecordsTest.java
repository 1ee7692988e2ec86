/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallRecordsTest {

    private static final Page.Hit CALL = record("INVITE", "2026-11-24T08:15:00.5Z");
    private static final Page.Hit BEFORE = record("INVITE", "2026-11-24T08:15:00Z");
    private static final Page.Hit STRAY = record("NOTIFY", "2026-11-24T08:16:00Z");

    private static Page.Hit record(String method, String begin) {
        return new Page.Hit(
                method + begin,
                Json.createObjectBuilder()
                        .add("@timestamp", begin)
                        .add("sip", Json.createObjectBuilder().add("method", method))
                        .build());
    }

    private static CallPage page(CallRecords records) {
        var none = new CallStore.Messages(0, List.of());
        return CallPage.of("x", records, none, none, none, CallLegs.NONE, false, List.of());
    }

    @Test
    void whatCameWhenTheCallWasOverStandsBesideIt() {
        var records = new CallRecords(List.of(CALL, BEFORE, STRAY));
        assertThat(records.call()).isSameAs(CALL.document());
        assertThat(records.earlier()).containsExactly(BEFORE);
        assertThat(records.later()).containsExactly(STRAY);
        var page = page(records);
        assertThat(page.facts()).containsEntry("Method", "INVITE");
        assertThat(page.earlier()).isEqualTo("once");
        assertThat(page.later()).isEqualTo("NOTIFY at 2026-11-24T08:16:00Z");
    }

    @Test
    void aCallThatIsNotThereYetHasNone() {
        var records = new CallRecords(List.of());
        assertThat(records.call()).isEmpty();
        assertThat(records.earlier()).isEmpty();
        assertThat(page(records).later()).isEmpty();
    }
}
