/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComplaintTest {

    private static final long SECOND = 1_000_000_000;

    private final Complaint complaint = new Complaint();

    @Test
    void isSaidAtOnceAndThenOnceAMinuteWithHowOftenItCame() {
        assertThat(complaint.again("Kafka is away", 0)).contains("Kafka is away");
        for (int i = 1; i < 60; i++) {
            assertThat(complaint.again("Kafka is away", i * SECOND)).isEmpty();
        }
        assertThat(complaint.again("Kafka is away", 60 * SECOND)).contains("Kafka is away (60 times in 60 s)");
        assertThat(complaint.again("Kafka is away", 61 * SECOND)).isEmpty();
    }

    @Test
    void isSaidPlainlyAfterAQuietTime() {
        complaint.again("Kafka is away", 0);
        assertThat(complaint.again("Kafka is away", 600 * SECOND)).contains("Kafka is away");
    }
}
