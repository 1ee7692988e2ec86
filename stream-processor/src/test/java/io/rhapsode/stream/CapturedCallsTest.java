/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhapsode.schema.Call;
import io.rhapsode.schema.CallState;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was read out of the captures by hand, message by message, against what the aggregation makes of them. */
class CapturedCallsTest {

    private static final List<SipMessage> FLOWS = Captures.messages(Captures.packets("proxied-flows.pcap"));

    private static final List<SipMessage> PHONE =
            Captures.messages(Captures.packets("registrations-challenges-cancel.pcap"));

    static Call call(List<SipMessage> messages, String callIdBegin) {
        OpenCall open = null;
        String callId = "";
        for (var message : messages) {
            if (message.getCallId().startsWith(callIdBegin)) {
                open = CallAggregator.add(open, message, message.getAtUs());
                callId = message.getCallId();
            }
        }
        assertThat(open).as("messages of " + callIdBegin).isNotNull();
        return CallOutcome.of(open, false).record(callId, open);
    }

    @Test
    void answeredCallSeenOnBothSidesOfAProxy() {
        var call = call(FLOWS, "1-17040@");
        assertThat(call)
                .isEqualTo(Call.newBuilder()
                        .setCallId("1-17040@127.0.0.1")
                        .setOpenedAtUs(1795445264_444153L)
                        .setOpenedReceivedAtUs(1795445264_444153L)
                        .setRevision(1795445264_444153L + 13)
                        .setState(CallState.ENDED)
                        .setMethod("INVITE")
                        .setBeginAtUs(1795445264_444153L)
                        .setAnswerAtUs(1795445265_148603L)
                        .setEndAtUs(1795445265_652670L)
                        .setLastAtUs(1795445265_653156L)
                        .setANumber("alice")
                        .setBNumber("service")
                        .setFromUser("alice")
                        .setFromHost("127.0.0.1")
                        .setToUser("service")
                        .setToHost("127.0.0.1")
                        .setFinalCode(200)
                        .setFinalReason("OK")
                        .setDurationMs(504)
                        .setMessages(13)
                        .addAllHosts(List.of("127.0.0.1:5061", "127.0.0.1:5060", "127.0.0.1:5062"))
                        .addAllUserAgents(
                                List.of("SIPp gen 2026-11-23", "kamailio (5.6.3 (x86_64/linux))", "SIPp-UAS-early"))
                        .addCaptureNodes("node-1")
                        .setEndReason("Q.850;cause=16;text=\"Normal call clearing\"")
                        .setEndedBy("caller")
                        .setEndQ850(16)
                        .setEndQ850Text("Normal call clearing")
                        .setSrdSuccessfulMs(1)
                        .setSddMs(0)
                        .setFurtherSightings(6)
                        .addAllCodecsOffered(List.of("PCMU", "PCMA"))
                        .addCodecsAnswered("PCMU")
                        .setDialogs(1)
                        .build());
    }

    @Test
    void forkOfThreeIsAnsweredThoughOneIsBusyAndOneCancelledByTheProxy() {
        var call = call(FLOWS, "1-17048@");
        assertThat(call.getState()).isEqualTo(CallState.ENDED);
        assertThat(call.getFinalCode()).isEqualTo(200);
        assertThat(call.getRingingAtUs())
                .as("the 183 of another branch came before")
                .isEqualTo(1795445266_101524L);
        assertThat(call.getAnswerAtUs()).isEqualTo(1795445266_804336L);
        assertThat(call.getRingMs()).isEqualTo(702);
        assertThat(call.getEndAtUs()).isEqualTo(1795445267_308511L);
        assertThat(call.getDurationMs()).isEqualTo(504);
        assertThat(call.getEndedBy()).isEqualTo("caller");
        assertThat(call.getHostsList())
                .containsExactly(
                        "127.0.0.1:5061", "127.0.0.1:5060", "127.0.0.1:5062", "127.0.0.1:5063", "127.0.0.1:5064");
    }

    @Test
    void forkBeforeTheAnswerIsRingingThoughOneIsBusy() {
        var fork = FLOWS.stream()
                .filter(message -> message.getCallId().startsWith("1-17048@"))
                .toList();
        var call = call(fork.subList(0, 11), "1-17048@");
        assertThat(fork.get(10).getStatusCode()).isZero();
        assertThat(fork.get(9).getStatusCode()).isEqualTo(486);
        assertThat(call.getState()).isEqualTo(CallState.RINGING);
        assertThat(call.getFinalCode()).isZero();
        assertThat(call.hasRingMs()).isFalse();
    }

    @Test
    void redirectFails() {
        var call = call(FLOWS, "1-17044@");
        assertThat(call.getState()).isEqualTo(CallState.FAILED);
        assertThat(call.getFinalCode()).isEqualTo(302);
        assertThat(call.getFinalReason()).isEqualTo("Moved Temporarily");
        assertThat(call.getEndAtUs()).isEqualTo(1795445265_876748L);
        assertThat(call.hasRingMs()).isFalse();
        assertThat(call.hasDurationMs()).isFalse();
        assertThat(call.getEndedBy()).isEmpty();
    }

    @Test
    void registrationThatSharesItsCallIdWithOptions() {
        var call = call(FLOWS, "1-17042@");
        assertThat(call.getState()).isEqualTo(CallState.REGISTRATION);
        assertThat(call.getMethod()).isEqualTo("REGISTER");
        assertThat(call.getFinalCode()).isEqualTo(200);
        assertThat(call.getMessages()).isEqualTo(4);
        assertThat(call.getANumber()).isEqualTo("alice");
        assertThat(call.getBNumber()).as("the Request-URI has no user").isEqualTo("alice");
        assertThat(call.getAnswerAtUs()).isZero();
    }

    @Test
    void cancelledAndTimedOutWithCancelRepeatedTenTimes() {
        var call = call(PHONE, "105090259-");
        assertThat(call.getState()).isEqualTo(CallState.CANCELLED);
        assertThat(call.getEndAtUs()).isEqualTo(1120470083_308013L);
        assertThat(call.getEndedBy()).isEqualTo("caller");
        assertThat(call.getFinalCode()).isEqualTo(408);
        assertThat(call.getBeginAtUs()).isEqualTo(1120470049_188993L);
        assertThat(call.getMessages()).isEqualTo(18);
        assertThat(call.getANumber()).isEqualTo("816666");
        assertThat(call.getBNumber()).isEqualTo("97239287044");
    }

    @Test
    void challengedThenRefused() {
        var call = call(PHONE, "85216695-");
        assertThat(call.getState()).isEqualTo(CallState.FAILED);
        assertThat(call.getFinalCode()).isEqualTo(403);
        assertThat(call.getFinalReason()).isEqualTo("Wrong password or domain");
        assertThat(call.getEndAtUs()).isEqualTo(1120470268_128176L);
    }

    @Test
    void challengedAndNotYetTriedAgainShowsTheChallenge() {
        var challenged = PHONE.stream()
                .filter(message -> message.getCallId().startsWith("85216695-"))
                .toList()
                .subList(0, 5);
        assertThat(call(challenged, "85216695-").getFinalCode()).isEqualTo(407);
    }

    @Test
    void triedAgainAndNotYetAnsweredHasNoFinalCode() {
        var triedAgain = PHONE.stream()
                .filter(message -> message.getCallId().startsWith("85216695-"))
                .toList()
                .subList(0, 6);
        var call = call(triedAgain, "85216695-");
        assertThat(call.getFinalCode()).isZero();
        assertThat(call.getState()).isEqualTo(CallState.CALLING);
    }

    @Test
    void ringsInBandThenFails() {
        var call = call(PHONE, "11894297-");
        assertThat(call.getState()).isEqualTo(CallState.FAILED);
        assertThat(call.getFinalCode()).isEqualTo(480);
        assertThat(call.getRingingAtUs()).as("only a 183 came").isZero();
        assertThat(call.hasRingMs()).isFalse();
        assertThat(call.getWhy()).contains("480 ").contains(" after 0.0 s of session progress");
        assertThat(call.getBNumber()).isEqualTo("35104724");
    }

    @Test
    void registrationThatChangesItsFromTagWithEachTry() {
        assertThat(call(PHONE.subList(0, 2), "578222729-").getFinalCode()).isEqualTo(401);
        assertThat(call(PHONE.subList(0, 5), "578222729-").getFinalCode()).isEqualTo(403);
        assertThat(call(PHONE, "29858147-").getFinalCode()).isEqualTo(200);
    }

    @Test
    void hostsThatTryAllTheirPortsAndReinvitesOfTheCalleeInExtraCapture() {
        var call = call(extra("NormB+sipnab/DTMFsipinfo.pcap"), "2091060b-");
        // Three INVITEs raced over three ports; two were cancelled too late and answered all the same.
        assertThat(call.getState()).isEqualTo(CallState.ANSWERED);
        assertThat(call.getAnswerAtUs()).isEqualTo(1303892069_937594L);
        assertThat(call.getEndAtUs()).isZero();
        assertThat(call.getMessages()).isEqualTo(32);
    }

    @Test
    void reinviteDoesNotAnswerAgainInExtraCapture() {
        var call = call(extra("NormB+sipnab/register-invite-reinvite-bye.pcap"), "1-3812687@");
        assertThat(call.getState()).isEqualTo(CallState.ENDED);
        assertThat(call.getAnswerAtUs()).isEqualTo(1782336875_161708L);
        assertThat(call.getRingMs()).isEqualTo(1);
        assertThat(call.getDurationMs()).isEqualTo(2110);
    }

    private static List<SipMessage> extra(String file) {
        String folder = System.getenv().getOrDefault("RHAPSODE_EXTRA_CAPTURES", "../../shared/data");
        Path path = Path.of(folder, "files", file);
        assumeTrue(Files.exists(path), "extra capture " + path + " is not there");
        return Captures.messages(Captures.packets(path));
    }
}
