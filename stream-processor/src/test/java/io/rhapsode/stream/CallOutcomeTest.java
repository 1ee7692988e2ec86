/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallOutcomeTest {

    private static Call call(String script) {
        return call(Script.messages(script), false);
    }

    private static Call call(List<SipMessage> messages, boolean outOfTime) {
        OpenCall open = null;
        for (var message : messages) {
            open = CallAggregator.add(open, message, message.getAtUs());
        }
        return CallOutcome.of(open, outOfTime).record("call-1", open);
    }

    private static long at(long millis) {
        return Script.BEGIN + millis * 1_000;
    }

    @Test
    void callingUntilItRings() {
        assertThat(call("0 a INVITE 1").getState()).isEqualTo(CallState.CALLING);
        assertThat(call("0 a INVITE 1 \n 9 a 100/INVITE 1").getState()).isEqualTo(CallState.CALLING);
        assertThat(call("0 a INVITE 1 \n 9 a 180/INVITE 1").getState()).isEqualTo(CallState.RINGING);
        assertThat(call("0 a INVITE 1 \n 9 a 183/INVITE 1 \n 19 a 180/INVITE 1").getState())
                .isEqualTo(CallState.RINGING);
    }

    /** RFC 3261 section 21.1.5: it tells of the progress of a call that is not classified otherwise. */
    @Test
    void sessionProgressIsNoRinging() {
        String begin = "0 a INVITE 1 \n 9 a 183/INVITE 1 sdp=0 \n ";
        assertThat(call(begin).getState()).isEqualTo(CallState.CALLING);
        assertThat(call(begin).getRingingAtUs()).isZero();
        assertThat(call(begin).getSrdSuccessfulMs()).isEqualTo(9);
        var call = call(begin + "1009 a 180/INVITE 1 \n 3009 a 200/INVITE 1");
        assertThat(call.getRingingAtUs()).isEqualTo(at(1009));
        assertThat(call.getRingMs()).isEqualTo(2000);
        assertThat(call(begin + "3009 a 200/INVITE 1").hasRingMs()).isFalse();
    }

    @Test
    void byeOfTheCalleeEndsIt() {
        var call = call("""
                0 a INVITE 1
                100 a 180/INVITE 1
                2100 a 200/INVITE 1
                2200 a ACK 1 dialog
                9100 a BYE 1 callee reason=Q.850;cause=16
                9200 a 200/BYE 1 callee
                """);
        assertThat(call.getState()).isEqualTo(CallState.ENDED);
        assertThat(call.getEndedBy()).isEqualTo("callee");
        assertThat(call.getEndReason()).isEqualTo("Q.850;cause=16");
        assertThat(call.getRingMs()).isEqualTo(2000);
        assertThat(call.getDurationMs()).isEqualTo(7000);
    }

    @Test
    void cancelThatCrossesTheAnswerLeavesTheCallAnswered() {
        var call = call("""
                0 a INVITE 1
                100 a 180/INVITE 1
                5000 a CANCEL 1
                5001 a 200/INVITE 1
                5002 a 481/CANCEL 1
                """);
        assertThat(call.getState()).isEqualTo(CallState.ANSWERED);
        assertThat(call.getFinalCode()).isEqualTo(200);
        assertThat(call.getEndAtUs()).isZero();
    }

    @Test
    void requestTerminatedSeenBeforeItsCancelIsCancelled() {
        var call = call("""
                0 a INVITE 1
                100 a 180/INVITE 1
                5001 a 487/INVITE 1
                5000 a CANCEL 1 reason=SIP;cause=200
                """);
        assertThat(call.getState()).isEqualTo(CallState.CANCELLED);
        assertThat(call.getFinalCode()).isEqualTo(487);
        assertThat(call.getEndAtUs()).isEqualTo(at(5000));
        assertThat(call.getRingMs()).isEqualTo(4900);
        assertThat(call.getEndReason()).isEqualTo("SIP;cause=200");
        assertThat(call.getEndedBy()).isEqualTo("caller");
    }

    /** RFC 3261 sections 9.1 and 9.2. */
    @Test
    void cancelAfterTheFinalReplyHasNoEffect() {
        var call = call("""
                5000 a CANCEL 1
                0 a INVITE 1
                100 a 180/INVITE 1
                4990 a 486/INVITE 1
                5010 a 481/CANCEL 1
                """);
        assertThat(call.getState()).isEqualTo(CallState.FAILED);
        assertThat(call.getFinalCode()).isEqualTo(486);
        assertThat(call.getEndAtUs()).isEqualTo(at(4990));
        assertThat(call.getEndedBy()).isEmpty();
        assertThat(call.getEndClass()).isEqualTo("busy");
        var crossed = call("0 a INVITE 1 \n 5000 a CANCEL 1 \n 5001 a 486/INVITE 1");
        assertThat(crossed.getState()).isEqualTo(CallState.CANCELLED);
    }

    @Test
    void proxyThatCancelsOneHopAndPassesOnABusyIsNoCancelledCall() {
        var call = call("""
                0 a INVITE 1
                5 a 100/INVITE 1
                10 b INVITE 1
                20 b 180/INVITE 1
                9000 b CANCEL 1
                9010 b 487/INVITE 1
                9020 c INVITE 1
                9030 c 486/INVITE 1
                9040 a 486/INVITE 1
                """);
        assertThat(call.getState()).isEqualTo(CallState.FAILED);
        assertThat(call.getFinalCode()).isEqualTo(486);
        assertThat(call.getEndAtUs()).isEqualTo(at(9040));
        assertThat(call.getEndedBy()).isEmpty();
    }

    @Test
    void failureBeyondAHopOfWhichOnlyOneWayIsCaptured() {
        var call = call("""
                0 a INVITE 1
                10 b INVITE 1
                20 b 180/INVITE 1
                30 c INVITE 1
                40 c 503/INVITE 1
                """);
        assertThat(call.getState()).isEqualTo(CallState.RINGING);
        var later = call("""
                0 a INVITE 1
                10 b INVITE 1
                20 b 180/INVITE 1
                30 c INVITE 1
                40 c 503/INVITE 1
                50 b 404/INVITE 1
                """);
        assertThat(later.getState()).isEqualTo(CallState.FAILED);
        assertThat(later.getFinalCode()).isEqualTo(404);
    }

    @Test
    void challengeAnsweredWithCredentialsDoesNotCount() {
        var call = call("""
                0 a INVITE 101
                10 a 407/INVITE 101
                11 a ACK 101 dialog
                20 a INVITE 102
                30 a 180/INVITE 102
                4030 a 200/INVITE 102
                """);
        assertThat(call.getState()).isEqualTo(CallState.ANSWERED);
        assertThat(call.getFinalCode()).isEqualTo(200);
        assertThat(call.getBeginAtUs()).isEqualTo(at(0));
        assertThat(call.getRingMs()).isEqualTo(4000);
    }

    @Test
    void reinviteIsNeitherAnAnswerNorAFailureOfTheCall() {
        var call = call("""
                0 a INVITE 1
                100 a 200/INVITE 1
                5000 a INVITE 1 callee
                5010 a 488/INVITE 1 callee
                6000 a INVITE 2 dialog
                6010 a 200/INVITE 2
                """);
        assertThat(call.getState()).isEqualTo(CallState.ANSWERED);
        assertThat(call.getAnswerAtUs()).isEqualTo(at(100));
        assertThat(call.getFinalCode()).isEqualTo(200);
    }

    @Test
    void callThatWasAnsweredBeforeTheCaptureBegan() {
        String reinvite = "0 a INVITE 7 dialog \n 10 a 200/INVITE 7";
        assertThat(call(reinvite).getState()).isEqualTo(CallState.ANSWERED);
        assertThat(call(reinvite).getAnswerAtUs()).as("nobody saw it").isZero();
        var ended = call(reinvite + "\n 900 a BYE 8 dialog");
        assertThat(ended.getState()).isEqualTo(CallState.ENDED);
        assertThat(ended.getEndAtUs()).isEqualTo(at(900));
        assertThat(ended.hasDurationMs()).isFalse();
        assertThat(call("0 a BYE 8 dialog").getState()).isEqualTo(CallState.ENDED);
    }

    /** RFC 3261 section 13.2.2.4: who sends an ACK with a branch of its own has got a 2xx. */
    @Test
    void onlyWhatTheCallerSendsIsCaptured() {
        String begin = "0 a INVITE 1 \n 5000 a ACK 1 dialog";
        assertThat(call(begin).getState()).isEqualTo(CallState.ANSWERED);
        var call = call(begin + "\n 65000 a BYE 2 dialog");
        assertThat(call.getState()).isEqualTo(CallState.ENDED);
        assertThat(call.getAnswerAtUs()).isEqualTo(at(5000));
        assertThat(call.getDurationMs()).isEqualTo(60000);
        assertThat(call.getEndedBy()).isEqualTo("caller");
        assertThat(call.getFinalCode()).as("nobody saw it").isZero();
    }

    /** RFC 3261 section 17.1.1.3. */
    @Test
    void ackWithTheBranchOfItsInviteIsOfAFailure() {
        var call = call("5000 a ACK 1 dialog of-invite \n 0 a INVITE 1");
        assertThat(call.getState()).isEqualTo(CallState.FAILED);
        assertThat(call.getEndAtUs()).isEqualTo(at(5000));
        assertThat(call.getWhy()).isEqualTo("a final reply was acknowledged that was not seen itself");
        var seen = call("5000 a ACK 1 dialog of-invite \n 0 a INVITE 1 \n 4990 a 486/INVITE 1");
        assertThat(seen.getFinalCode()).isEqualTo(486);
        assertThat(seen.getEndAtUs()).isEqualTo(at(4990));
    }

    @Test
    void onlyWhatTheCalleeSendsIsCaptured() {
        var call = call("100 a 180/INVITE 1 \n 5000 a 200/INVITE 1 \n 65000 a 200/BYE 2");
        assertThat(call.getState()).isEqualTo(CallState.ENDED);
        assertThat(call.getEndAtUs()).isEqualTo(at(65000));
        assertThat(call("0 a INVITE 1 \n 9 a 200/INVITE 1 \n 900 a 481/BYE 2").getState())
                .isEqualTo(CallState.ENDED);
        assertThat(call("0 a INVITE 1 \n 9 a 200/INVITE 1 \n 900 a 401/BYE 2").getState())
                .isEqualTo(CallState.ANSWERED);
    }

    @Test
    void onlyRepliesWereCaptured() {
        var call = call("100 a 180/INVITE 1 \n 1100 a 486/INVITE 1");
        assertThat(call.getMethod()).isEqualTo("INVITE");
        assertThat(call.getState()).isEqualTo(CallState.FAILED);
        assertThat(call.getFinalCode()).isEqualTo(486);
        assertThat(call.getANumber()).isEqualTo("alice");
        assertThat(call.getBNumber()).isEqualTo("bob");
    }

    @Test
    void b2buaThatKeepsTheCallIdButNotTheTags() {
        var call = call("""
                0 a INVITE 1
                5 a 100/INVITE 1
                10 b INVITE 7 from=leg-b
                20 b 180/INVITE 7 from=leg-b
                3000 b 200/INVITE 7 from=leg-b
                3005 a 200/INVITE 1
                9000 b BYE 3 callee from=leg-b
                9005 a BYE 3 callee
                """);
        assertThat(call.getState()).isEqualTo(CallState.ENDED);
        assertThat(call.getAnswerAtUs()).isEqualTo(at(3000));
        assertThat(call.getEndedBy()).isEqualTo("callee");
        assertThat(call.getBNumber()).isEqualTo("bob");
        assertThat(call.getDialogs()).as("no fork").isEqualTo(1);
    }

    @Test
    void b2buaWithOtherTagsOnEitherSideIsNoFork() {
        var call = call("""
                0 a INVITE 1
                10 b INVITE 7 from=leg-b
                20 b 180/INVITE 7 from=leg-b tag=phone
                30 a 180/INVITE 1
                """);
        assertThat(call.getDialogs()).isEqualTo(1);
    }

    @Test
    void assertedIdentityIsTheANumberAlsoWhenAProxyAddsIt() {
        var call = call("0 a INVITE 1 \n 10 b INVITE 1 asserted=<sip:+4930123@example.com>");
        assertThat(call.getANumber()).isEqualTo("+4930123");
        assertThat(call.getFromUser()).isEqualTo("alice");
    }

    @Test
    void retransmissionsAndSightingsCountAsMessages() {
        var call = call("0 a INVITE 1 \n 500 a INVITE 1 \n 501 b INVITE 1 \n 1500 a INVITE 1");
        assertThat(call.getMessages()).isEqualTo(4);
        assertThat(call.getCaptureNodesList()).containsExactly("node-a", "node-b");
    }

    @Test
    void unansweredHasFailedWhenTimeIsOver() {
        var call = call(Script.messages("0 a INVITE 1 \n 9 a 180/INVITE 1"), true);
        assertThat(call.getState()).isEqualTo(CallState.FAILED);
        assertThat(call.getFinalCode()).isZero();
        assertThat(call.getEndAtUs()).as("nobody ended it").isZero();
        assertThat(call.hasRingMs()).isFalse();
    }

    @Test
    void answeredAndSilentHasEndedWhenTimeIsOver() {
        var call = call(Script.messages("0 a INVITE 1 \n 9 a 200/INVITE 1"), true);
        assertThat(call.getState()).isEqualTo(CallState.ENDED);
        assertThat(call.getEndedBy()).isEmpty();
        assertThat(call.hasDurationMs()).isFalse();
    }

    @Test
    void whatIsNoCall() {
        assertThat(call("0 a OPTIONS 1 \n 9 a 200/OPTIONS 1").getState()).isEqualTo(CallState.OTHER);
        assertThat(call("0 a MESSAGE 1 \n 9 a 404/MESSAGE 1").getFinalCode()).isEqualTo(404);
        assertThat(call("0 a REGISTER 1 \n 9 a 401/REGISTER 1").getState()).isEqualTo(CallState.REGISTRATION);
        assertThat(call("0 a SUBSCRIBE 1").getMethod()).isEqualTo("SUBSCRIBE");
    }

    @Test
    void ofTwoRequestsOfOneMillisecondTheLowerCseqIsTheFirst() {
        assertThat(call("5 a OPTIONS 2 \n 5 a REGISTER 1").getMethod()).isEqualTo("REGISTER");
    }

    @Test
    void clocksThatDifferGiveNoNegativeTimes() {
        var call = call("0 a INVITE 1 \n 900 b 180/INVITE 1 \n 500 a 200/INVITE 1 \n 400 a BYE 2 dialog");
        assertThat(call.getRingMs()).isZero();
        assertThat(call.getDurationMs()).isZero();
    }

    @Test
    void listsAreBoundedAndKeepWhatWasSeenFirst() {
        var script = new StringBuilder("0 a INVITE 101\n 50 a 180/INVITE 101\n");
        for (int i = 0; i < 300; i++) {
            script.append(1_000 + i)
                    .append(" a INVITE ")
                    .append(i)
                    .append(" callee agent=agent-")
                    .append(i)
                    .append('\n');
            script.append(1_000 + i).append(" a 200/INVITE ").append(i).append(" callee\n");
        }
        script.append("2000 a 200/INVITE 101");
        OpenCall open = null;
        for (var message : Script.messages(script.toString())) {
            open = CallAggregator.add(open, message, message.getAtUs());
        }
        assertThat(open.getTransactionsCount()).isEqualTo(64);
        assertThat(open.getUserAgentsCount()).isEqualTo(64);
        var call = CallOutcome.of(open, false).record("call-1", open);
        assertThat(call.getAnswerAtUs()).isEqualTo(at(2000));
        assertThat(call.getUserAgents(0)).isEqualTo("agent-0");
        assertThat(call.getUserAgents(63)).isEqualTo("agent-63");
        assertThat(call.getMessages()).isEqualTo(603);
    }

    @Test
    void byeOfADialogThatWasNotSeenToBeginEndsTheCall() {
        String answered = "0 a INVITE 1 \n 9 a 180/INVITE 1 tag=early \n 99 a 200/INVITE 1 tag=callee \n ";
        assertThat(call(answered + "900 a BYE 2 dialog tag=nobody").getState()).isEqualTo(CallState.ENDED);
        assertThat(call(answered + "900 a BYE 2 dialog tag=early").getState())
                .as("RFC 3261 section 15: of the early dialog alone")
                .isEqualTo(CallState.ANSWERED);
    }

    @Test
    void byesOfAHundredDialogsAreBounded() {
        var script = new StringBuilder("0 a INVITE 1\n");
        for (int i = 0; i < 100; i++) {
            script.append("900 a BYE 2 dialog tag=").append(i).append('\n');
        }
        OpenCall open = null;
        for (var message : Script.messages(script.toString())) {
            open = CallAggregator.add(open, message, message.getAtUs());
        }
        assertThat(open.getByesCount()).isEqualTo(16);
        assertThat(CallOutcome.of(open, false).state()).isEqualTo(CallState.ENDED);
    }

    @Test
    void byeIsKeptThoughMoreWasSentWithinTheDialogThanCanBe() {
        var script = new StringBuilder("0 a INVITE 1 \n 50 a 180/INVITE 1 \n 90 a 200/INVITE 1 \n");
        for (int i = 0; i < 300; i++) {
            script.append(1_000 + i).append(" a INFO ").append(2 + i).append(" dialog\n");
            script.append(1_001 + i).append(" a 200/INFO ").append(2 + i).append('\n');
            script.append(1_002 + i).append(" a 200/MESSAGE ").append(2 + i).append('\n');
        }
        var call = call(script + "9000 a BYE 400 dialog \n 9070 a 200/BYE 400");
        assertThat(call.getState()).isEqualTo(CallState.ENDED);
        assertThat(call.getSddMs()).isEqualTo(70);
        assertThat(call.getAnswerAtUs()).isEqualTo(at(90));
    }
}
