/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Kpi;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Share;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one call counts for, by kpi.proto: counts that are not named are 0. */
class CallShareTest {

    private static Kpi share(String script, boolean outOfTime) {
        OpenCall open = null;
        for (var message : Script.messages(script)) {
            open = CallAggregator.add(open, message, message.getAtUs());
        }
        Share share = CallShare.of(
                CallOutcome.of(open, outOfTime).record("call-1", open), new KpiDimensions(List.of("site")));
        assertThat(share.getMinuteS()).isEqualTo(Script.BEGIN / 60_000_000 * 60);
        assertThat(share.getPlaceList()).containsExactly("all/", "site/");
        var kpi = Kpi.newBuilder();
        new KpiCounts().add(share.getAmounts()).addTo(kpi);
        return kpi.build();
    }

    private static Kpi share(String script) {
        return share(script, false);
    }

    @Test
    void answeredAndEnded() {
        assertThat(share("""
                        0 a INVITE 1
                        40 a 100/INVITE 1
                        333 a 180/INVITE 1
                        1000 a 200/INVITE 1
                        61000 a BYE 2 dialog
                        61020 a 200/BYE 2"""))
                .isEqualTo(Kpi.newBuilder()
                        .setAttempts(1)
                        .setAnswered(1)
                        .setEffective(1)
                        .setDelivered(1)
                        .setDurations(1)
                        .setDurationMs(60_000)
                        .setPddMs(333)
                        .putPddHistogram(320, 1)
                        .putFinalCodes(200, 1)
                        .setMessages(6)
                        .build());
    }

    @Test
    void answeredAndStillTalking() {
        assertThat(share("0 a INVITE 1 \n 20 a 200/INVITE 1"))
                .isEqualTo(Kpi.newBuilder()
                        .setAttempts(1)
                        .setAnswered(1)
                        .setEffective(1)
                        .setDelivered(1)
                        .setPddMs(20)
                        .putPddHistogram(20, 1)
                        .putFinalCodes(200, 1)
                        .setMessages(2)
                        .build());
    }

    @Test
    void ringingHasNoOutcomeYet() {
        assertThat(share("0 a INVITE 1 \n 30 a 180/INVITE 1"))
                .isEqualTo(Kpi.newBuilder()
                        .setAttempts(1)
                        .setPending(1)
                        .setPddMs(30)
                        .putPddHistogram(30, 1)
                        .setMessages(2)
                        .build());
    }

    @Test
    void ringingForEverReachedTheTerminalAndDidNotGetAReply() {
        assertThat(share("0 a INVITE 1 \n 30 a 180/INVITE 1", true))
                .isEqualTo(Kpi.newBuilder()
                        .setAttempts(1)
                        .setUnanswered(1)
                        .setDelivered(1)
                        .setPddMs(30)
                        .putPddHistogram(30, 1)
                        .setMessages(2)
                        .build());
    }

    @Test
    void nothingCameBackAtAll() {
        assertThat(share("0 a INVITE 1 \n 500 a INVITE 1", true))
                .isEqualTo(Kpi.newBuilder()
                        .setAttempts(1)
                        .setUnanswered(1)
                        .setMessages(2)
                        .setRetransmissions(1)
                        .build());
    }

    @ParameterizedTest
    @ValueSource(ints = {480, 486, 600, 603})
    void theUserDecided(int code) {
        assertThat(share("0 a INVITE 1 \n 9 a %d/INVITE 1".formatted(code)))
                .isEqualTo(failed(code).setEffective(1).setDelivered(1).build());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 503, 504})
    void aServerFailed(int code) {
        assertThat(share("0 a INVITE 1 \n 9 a %d/INVITE 1".formatted(code)))
                .isEqualTo(failed(code).setIneffective(1).build());
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 302, 380, 401, 402, 407})
    void redirectedOrChallengedIsLeftOutOfTheRatiosOfTheRfc(int code) {
        assertThat(share("0 a INVITE 1 \n 9 a %d/INVITE 1".formatted(code)))
                .isEqualTo(failed(code).setLeftOut(1).build());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 420, 484, 488, 502, 606})
    void otherFailuresAreAttemptsAndNoMore(int code) {
        assertThat(share("0 a INVITE 1 \n 9 a %d/INVITE 1".formatted(code)))
                .isEqualTo(failed(code).build());
    }

    private static Kpi.Builder failed(int code) {
        return Kpi.newBuilder().setAttempts(1).putFinalCodes(code, 1).setMessages(2);
    }

    @Test
    void challengedAndTriedAgainIsOneAttempt() {
        assertThat(share("""
                        0 a INVITE 1
                        5 a 407/INVITE 1
                        100 a INVITE 2
                        125 a 180/INVITE 2
                        200 a 486/INVITE 2"""))
                .isEqualTo(Kpi.newBuilder()
                        .setAttempts(1)
                        .setEffective(1)
                        .setDelivered(1)
                        .setPddMs(25)
                        .putPddHistogram(25, 1)
                        .putFinalCodes(486, 1)
                        .setMessages(5)
                        .build());
    }

    @Test
    void cancelledCountsAsDeliveredOnlyIfItRang() {
        var rang = share("0 a INVITE 1 \n 9 a 180/INVITE 1 \n 99 a CANCEL 1 \n 100 a 487/INVITE 1");
        assertThat(rang)
                .isEqualTo(Kpi.newBuilder()
                        .setAttempts(1)
                        .setCancelled(1)
                        .setDelivered(1)
                        .setPddMs(9)
                        .putPddHistogram(9, 1)
                        .putFinalCodes(487, 1)
                        .setMessages(4)
                        .build());
        assertThat(share("0 a INVITE 1 \n 99 a CANCEL 1 \n 100 a 487/INVITE 1"))
                .isEqualTo(Kpi.newBuilder()
                        .setAttempts(1)
                        .setCancelled(1)
                        .putFinalCodes(487, 1)
                        .setMessages(3)
                        .build());
        var announced = share("0 a INVITE 1 \n 9 a 183/INVITE 1 sdp=0 \n 99 a CANCEL 1 \n 100 a 487/INVITE 1");
        assertThat(announced).isEqualTo(rang.toBuilder().clearDelivered().build());
    }

    @Test
    void theTelephoneNetworksCauseTellsWhatTheCodeHides() {
        assertThat(share("0 a INVITE 1 \n 9 a 503/INVITE 1 reason=Q.850;cause=17"))
                .isEqualTo(failed(503).setIneffective(1).setDelivered(1).build());
        assertThat(share("0 a INVITE 1 \n 9 a 503/INVITE 1 reason=Q.850;cause=34"))
                .isEqualTo(failed(503).setIneffective(1).build());
    }

    @Test
    void halfSeenCallsAreNoAttempts() {
        var partly = Kpi.newBuilder().setPartlySeen(1);
        assertThat(share("0 a BYE 2 dialog \n 9 a 200/BYE 2"))
                .isEqualTo(partly.setMessages(2).build());
        assertThat(share("0 a INVITE 7 dialog", true))
                .isEqualTo(partly.setMessages(1).build());
    }

    @Test
    void repliesAloneAreAnAttempt() {
        assertThat(share("0 a 180/INVITE 1 \n 99 a 200/INVITE 1"))
                .isEqualTo(Kpi.newBuilder()
                        .setAttempts(1)
                        .setAnswered(1)
                        .setEffective(1)
                        .setDelivered(1)
                        .putFinalCodes(200, 1)
                        .setMessages(2)
                        .build());
    }

    @Test
    void registrations() {
        var registration = Kpi.newBuilder().setRegistrations(1);
        assertThat(share("0 a REGISTER 1"))
                .isEqualTo(registration
                        .clone()
                        .setRegistrationsPending(1)
                        .setMessages(1)
                        .build());
        assertThat(share("0 a REGISTER 1", true))
                .isEqualTo(registration.clone().setMessages(1).build());
        assertThat(share("0 a REGISTER 1 \n 9 a 401/REGISTER 1 \n 20 a REGISTER 2 \n 27 a 200/REGISTER 2"))
                .isEqualTo(registration
                        .clone()
                        .setRegistrationsSucceeded(1)
                        .setRegistrationDelays(1)
                        .setRegistrationDelayMs(7)
                        .putRegistrationCodes(200, 1)
                        .setMessages(4)
                        .build());
        assertThat(share("0 a REGISTER 1 \n 9 a 403/REGISTER 1"))
                .isEqualTo(registration
                        .clone()
                        .putRegistrationCodes(403, 1)
                        .setMessages(2)
                        .build());
    }

    @Test
    void otherExchanges() {
        assertThat(share("0 a OPTIONS 1 \n 9 a 200/OPTIONS 1"))
                .isEqualTo(Kpi.newBuilder().setOthers(1).setMessages(2).build());
    }

    @Test
    void sightingsAreToldApartAsTheCallTellsThem() {
        var kpi = share("""
                0 a INVITE 1
                0 a INVITE 1 node=second
                5 b INVITE 1
                500 a INVITE 1
                900 a 486/INVITE 1""");
        assertThat(kpi.getMessages()).isEqualTo(5);
        assertThat(kpi.getRetransmissions()).isEqualTo(1);
        assertThat(kpi.getFurtherSightings()).isEqualTo(1);
        assertThat(kpi.getDuplicates()).isEqualTo(1);
    }

    @Test
    void aCodeThatIsNoneOfSipHasNoEntryOfItsOwn() {
        var counts = new KpiCounts();
        counts.addCode(999);
        counts.addCode(77);
        counts.addCode(0);
        var kpi = Kpi.newBuilder();
        counts.addTo(kpi);
        assertThat(kpi.getFinalCodesMap()).hasSize(1).containsEntry(0, 2L);
    }
}
