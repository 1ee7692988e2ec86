/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhapsode.schema.Call;
import io.rhapsode.stream.state.OpenCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of an end; the flows of the RFCs are in {@link CallScenariosTest}. */
class CallEndTest {

    private static Call call(String script, boolean outOfTime) {
        OpenCall open = null;
        for (var message : Script.messages(script)) {
            open = CallAggregator.add(open, message, message.getAtUs());
        }
        return CallOutcome.of(open, outOfTime).record("call-1", open);
    }

    private static void assertEnd(String script, boolean outOfTime, String endClass, String why) {
        var call = call(script, outOfTime);
        assertThat(call.getEndClass()).isEqualTo(endClass);
        assertThat(call.getWhy()).isEqualTo(why);
    }

    @Test
    void nothingIsSaidOfWhatIsNotOver() {
        assertEnd("0 a INVITE 1", false, "", "");
        assertEnd("0 a INVITE 1 \n 9 a 180/INVITE 1", false, "", "");
        assertEnd("0 a INVITE 1 \n 9 a 200/INVITE 1", false, "", "");
        assertEnd("0 a REGISTER 1", false, "", "");
    }

    @Test
    void silenceSaysWhatWasHeardLast() {
        assertEnd("0 a INVITE 1", true, "timeout", "nothing came back at all");
        assertEnd("0 a INVITE 1 \n 9 a 100/INVITE 1", true, "timeout", "no final reply came back");
        assertEnd("0 a INVITE 1 \n 9 a 180/INVITE 1", true, "no-answer", "it rang, then nothing more was seen");
        assertEnd("0 a REGISTER 1", true, "timeout", "nothing came back at all");
        assertEnd("0 a OPTIONS 1", true, "timeout", "nothing came back at all");
        assertEnd("0 a INVITE 1 \n 9 a 200/INVITE 1", true, "", "no BYE was seen");
    }

    /** On some hops only one way is captured, on others the way back. */
    @Test
    void whatCameBackOnAnotherHopIsNotNothing() {
        assertEnd("0 a OPTIONS 1 \n 9 b 200/OPTIONS 1", true, "", "");
        assertThat(call("0 a OPTIONS 1 \n 9 b 200/OPTIONS 1", true).getFinalCode())
                .isEqualTo(200);
        assertEnd("0 a OPTIONS 1 \n 9 b 100/OPTIONS 1", true, "timeout", "no final reply came back");
        String refused = "0 a MESSAGE 1 \n 9 b 404/MESSAGE 1";
        assertEnd(refused, false, "not-found", "404 Text 404 from 10.0.0.2:5061");
        assertEnd(
                "0 a OPTIONS 1 \n 1 b OPTIONS 1 \n 2 b 100/OPTIONS 1 \n 3 c OPTIONS 1 \n 9 c 503/OPTIONS 1",
                true,
                "server-error",
                "503 Text 503 from 10.0.0.2:5062");
        assertEnd("0 a INVITE 1 \n 9 b 180/INVITE 1", true, "no-answer", "it rang, then nothing more was seen");
        assertThat(call("0 a INVITE 1 \n 9 b 200/INVITE 1", false).getAnswerAtUs())
                .isEqualTo(Script.BEGIN + 9_000);
        assertEnd("0 a OPTIONS 2 \n 9 b 200/OPTIONS 1", true, "timeout", "nothing came back to the last attempt");
    }

    @Test
    void latestOfSeveralRequestsDecides() {
        String registered = "0 a REGISTER 1 \n 9 a 200/REGISTER 1 \n ";
        assertEnd(registered + "900 a REGISTER 2", true, "timeout", "nothing came back to the last attempt");
        assertEnd(registered + "900 a REGISTER 2 \n 901 a 100/REGISTER 2", true, "timeout", "no final reply came back");
        assertEnd(
                registered + "900 a REGISTER 2 \n 909 a 401/REGISTER 2",
                true,
                "authentication",
                "no credentials were sent: 401 Text 401 from 10.0.0.2:5060");
        assertEnd(registered + "900 a REGISTER 2 \n 909 a 200/REGISTER 2", true, "", "");
        assertEnd("0 a OPTIONS 1 \n 9 a 503/OPTIONS 1 \n 900 a OPTIONS 2 \n 909 a 200/OPTIONS 2", true, "", "");
        assertThat(call(registered + "900 a REGISTER 2", true).getFinalCode()).isZero();
    }

    @Test
    void callerThatGivesUp() {
        assertEnd(
                "0 a INVITE 1 \n 2900 a CANCEL 1 \n 2950 a 487/INVITE 1",
                false,
                "cancelled",
                "the caller gave up after 2.9 s, before it rang");
        assertEnd("0 a CANCEL 1", false, "cancelled", "the caller gave up before it rang");
        assertEnd(
                "0 a INVITE 1 \n 9 a 180/INVITE 1 \n 1009 a CANCEL 1 reason=SIP;cause=200",
                false,
                "cancelled",
                "cancelled: answered elsewhere");
    }

    @Test
    void whatIsHeardAfterA183IsNotCalledRinging() {
        String begin = "0 a INVITE 1 \n 9 a 183/INVITE 1 sdp=0";
        assertEnd(begin, true, "no-answer", "session progress was told, then nothing more was seen");
        assertEnd(
                begin + " \n 1009 a CANCEL 1 \n 1010 a 487/INVITE 1",
                false,
                "cancelled",
                "the caller gave up after 1.0 s of session progress");
        assertEnd(
                begin + " \n 1009 a 480/INVITE 1",
                false,
                "no-answer",
                "no answer: 480 Text 480 from 10.0.0.2:5060 after 1.0 s of session progress");
        assertEnd(
                begin + " \n 509 a 180/INVITE 1 \n 1009 a 486/INVITE 1",
                false,
                "busy",
                "486 Text 486 from 10.0.0.2:5060 after 0.5 s of ringing");
    }

    @Test
    void byeOfAnAnsweredCallIsExplainedWhereItsCauseIsNotNormal() {
        String answered = "0 a INVITE 1 \n 9 a 200/INVITE 1 \n 900 a BYE 1 callee ";
        assertEnd(answered, false, "", "");
        assertEnd(answered + "reason=Q.850;cause=16", false, "", "");
        assertEnd(answered + "reason=Q.850;cause=31", false, "", "");
        assertEnd(
                answered + "reason=Q.850;cause=41",
                false,
                "",
                "ended by the callee; Q.850 cause 41: Temporary failure");
        assertEnd(answered + "reason=SIP;cause=503", false, "", "ended by the callee; SIP cause 503");
        assertEnd(answered + "reason=q.850;cause=125", false, "", "ended by the callee; Q.850 cause 125");
    }

    @Test
    void challengeThatIsNotAnsweredIsNoWrongPassword() {
        assertEnd(
                "0 a REGISTER 1 \n 9 a 401/REGISTER 1",
                true,
                "authentication",
                "no credentials were sent: 401 Text 401 from 10.0.0.2:5060");
        assertEnd(
                "0 a REGISTER 1 \n 9 a 401/REGISTER 1 \n 19 a REGISTER 2 \n 29 a 403/REGISTER 2",
                false,
                "authentication",
                "authentication failed after 2 attempts: 403 Text 403 from 10.0.0.2:5060");
        assertEnd("0 a REGISTER 1 \n 9 a 403/REGISTER 1", false, "rejected", "403 Text 403 from 10.0.0.2:5060");
    }

    @ParameterizedTest
    @CsvSource({
        "300, redirected", "305, redirected", "400, rejected", "403, rejected", "404, not-found", "405, rejected",
        "408, timeout", "410, not-found", "415, rejected", "480, unreachable", "484, not-found", "486, busy",
        "487, cancelled", "488, rejected", "500, server-error", "503, server-error", "504, timeout", "600, busy",
        "603, rejected", "604, not-found", "606, rejected"
    })
    void classByCode(int code, String endClass) {
        assertThat(call("0 a INVITE 1 \n 9 a " + code + "/INVITE 1", false).getEndClass())
                .isEqualTo(endClass);
    }

    @ParameterizedTest
    @CsvSource({"1, not-found", "3, unreachable", "17, busy", "18, no-answer", "19, no-answer", "21, rejected"})
    void exactCauseTellsMoreThanTheCode(int cause, String endClass) {
        var call = call("0 a INVITE 1 \n 9 a 500/INVITE 1 reason=Q.850;cause=" + cause, false);
        assertThat(call.getEndClass()).isEqualTo(endClass);
        assertThat(call.getEndQ850()).isEqualTo(cause);
    }

    @Test
    void hostileCausesAreNone() {
        assertThat(call("0 a INVITE 1 \n 9 a 500/INVITE 1 reason=Q.850;cause=99999999999", false)
                        .getEndQ850())
                .isZero();
        assertThat(call("0 a INVITE 1 \n 9 a 500/INVITE 1 reason=Q.850;cause=-1", false)
                        .getEndQ850())
                .isZero();
    }

    @Test
    void numbersThatAreRewrittenOnTheWay() {
        var call = call("0 a INVITE 1 user=030123 \n 5 b INVITE 1 user=+4930123 \n 9 a 404/INVITE 1", false);
        assertThat(call.getBNumber()).isEqualTo("030123");
        assertThat(call.getBNumberAfter()).isEqualTo("+4930123");
        assertThat(call.getANumberAfter()).isEmpty();
    }

    @Test
    void answerToAnOfferInAProvisionalReplyIsInItsPrack() {
        var call = call(
                "0 a INVITE 1 \n 9 a 183/INVITE 1 sdp=8+0 rseq=1 \n 12 a PRACK 2 dialog sdp=0 \n 19 a 200/INVITE 1"
                        + " \n 20 a ACK 1 dialog \n 90 a ACK 7 callee sdp=9",
                false);
        assertThat(call.getCodecsOfferedList()).containsExactly("PCMA", "PCMU");
        assertThat(call.getCodecsAnsweredList()).containsExactly("PCMU");
        assertThat(call.getHeld()).isFalse();
    }

    @Test
    void offerInTheReplyIsTheOffer() {
        var call = call("0 a INVITE 1 \n 9 a 200/INVITE 1 sdp=8+0 \n 19 a ACK 1 dialog sdp=8", false);
        assertThat(call.getCodecsOfferedList()).containsExactly("PCMA", "PCMU");
        assertThat(call.getCodecsAnsweredList()).containsExactly("PCMA");
    }
}
