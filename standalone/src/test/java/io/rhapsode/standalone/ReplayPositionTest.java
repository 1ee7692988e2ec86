/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each dead letter is put back once, in whatever order the reasons are mended. */
class ReplayPositionTest {

    private static final Set<String> ALL = Set.of();
    private static final Set<String> NOT_SIP = Set.of("not-sip");

    @Test
    void oneReasonIsDoneAndTheOthersAreStillToDo() {
        var position = ReplayPosition.BEGIN.reached(NOT_SIP, 100);
        assertThat(position.isDone("not-sip", 99)).isTrue();
        assertThat(position.isDone("not-sip", 100)).isFalse();
        assertThat(position.isDone("no-call-id", 0)).isFalse();
        assertThat(position.begin(NOT_SIP)).isEqualTo(100);
        assertThat(position.begin(ALL)).isZero();
        assertThat(position.begin(Set.of("not-sip", "no-call-id"))).isZero();
    }

    @Test
    void allReasonsOvertakeTheSingleOnes() {
        var position = ReplayPosition.BEGIN.reached(NOT_SIP, 100).reached(ALL, 60);
        assertThat(position).isEqualTo(new ReplayPosition(60, Map.of("not-sip", 100L)));
        assertThat(position.isDone("no-call-id", 59)).isTrue();
        assertThat(position.isDone("no-call-id", 60)).isFalse();
        assertThat(position.reached(ALL, 100)).isEqualTo(new ReplayPosition(100, Map.of()));
    }

    @Test
    void nothingGoesBack() {
        var position =
                ReplayPosition.BEGIN.reached(ALL, 100).reached(NOT_SIP, 50).reached(ALL, 70);
        assertThat(position).isEqualTo(new ReplayPosition(100, Map.of()));
    }

    @Test
    void isReadAsItIsWritten() {
        var position = ReplayPosition.BEGIN
                .reached(NOT_SIP, 100)
                .reached(Set.of("protocol-6"), 7)
                .reached(ALL, 3);
        assertThat(position).hasToString("3 not-sip=100 protocol-6=7");
        assertThat(ReplayPosition.of(position.toString())).isEqualTo(position);
        assertThat(ReplayPosition.of("0")).isEqualTo(ReplayPosition.BEGIN);
        assertThatThrownBy(() -> ReplayPosition.of("3 x")).isInstanceOf(IllegalArgumentException.class);
    }
}
