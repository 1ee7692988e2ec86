/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.rhapsode.schema.Call;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.OpenCall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Flows of RFC 3665 and RFC 5359, what an observer must make of them, and of each beginning of them: written from the
 * RFCs. Times of the record are microseconds from the first message; who, where and when it was seen is left out.
 */
class CallScenariosTest {

    private static final int SHUFFLES = 1_000;

    /** @param states of the call when it is cut after each message: C R A E F X for calling to cancelled, G, O */
    private record Scenario(String name, String states, String script, String record) {

        List<SipMessage> messages() {
            return Script.messages(script);
        }
    }

    private static final List<Scenario> SCENARIOS = List.of(
            new Scenario("RFC 3665 section 3.1, answered, the callee hangs up", "CRAAEE", """
                    0 a INVITE 1 sdp=0+8
                    1200 a 180/INVITE 1
                    4700 a 200/INVITE 1 sdp=0
                    4750 a ACK 1 dialog
                    64700 a BYE 1 callee reason=Q.850;cause=16
                    64730 a 200/BYE 1 callee
                    """, """
                    state: ENDED method: "INVITE" a_number: "alice" b_number: "bob" messages: 6
                    ringing_at_us: 1200000 answer_at_us: 4700000 end_at_us: 64700000
                    final_code: 200 final_reason: "Text 200" ring_ms: 3500 duration_ms: 60000
                    end_reason: "Q.850;cause=16" ended_by: "callee" end_q850: 16
                    end_q850_text: "Normal call clearing"
                    srd_successful_ms: 1200 sdd_ms: 30 dialogs: 1
                    codecs_offered: "PCMU" codecs_offered: "PCMA" codecs_answered: "PCMU"
                    """),
            new Scenario("RFC 3665 section 3.2, challenged, through two proxies", "CFFCCCCCRRRAAAAAAEEEEEE", """
                    0 a INVITE 1 site=atlanta
                    10 a 407/INVITE 1 tag=proxy
                    20 a ACK 1 dialog
                    100 a INVITE 2 site=atlanta
                    110 b INVITE 2 site=atlanta
                    111 a 100/INVITE 2
                    120 c INVITE 2 site=biloxi
                    121 b 100/INVITE 2
                    1120 c 180/INVITE 2
                    1130 b 180/INVITE 2
                    1140 a 180/INVITE 2
                    3120 c 200/INVITE 2
                    3130 b 200/INVITE 2
                    3140 a 200/INVITE 2
                    3150 a ACK 2 dialog
                    3160 b ACK 2 dialog
                    3170 c ACK 2 dialog
                    9000 c BYE 7 callee
                    9010 b BYE 7 callee
                    9020 a BYE 7 callee
                    9030 a 200/BYE 7 callee
                    9040 b 200/BYE 7 callee
                    9050 c 200/BYE 7 callee
                    """, """
                    state: ENDED method: "INVITE" a_number: "alice" b_number: "bob" messages: 23
                    ringing_at_us: 1120000 answer_at_us: 3120000 end_at_us: 9000000
                    final_code: 200 final_reason: "Text 200" ring_ms: 2000 duration_ms: 5880 ended_by: "callee"
                    srd_successful_ms: 1040 sdd_ms: 50 further_sightings: 12 dialogs: 1
                    sites: "atlanta" sites: "biloxi"
                    """),
            new Scenario("RFC 3665 section 3.6, redirected, then answered", "CFFCRAA", """
                    0 a INVITE 1
                    30 a 302/INVITE 1 tag=redirect
                    40 a ACK 1 dialog
                    100 b INVITE 2 user=bobby
                    900 b 180/INVITE 2
                    2900 b 200/INVITE 2
                    2950 b ACK 2 dialog
                    """, """
                    state: ANSWERED method: "INVITE" a_number: "alice" b_number: "bob" messages: 7
                    ringing_at_us: 900000 answer_at_us: 2900000
                    final_code: 200 final_reason: "Text 200" ring_ms: 2000
                    srd_successful_ms: 800 dialogs: 1 b_number_after: "bobby"
                    """),
            new Scenario("RFC 3261 section 8.1.3.4, redirected, and not tried again", "CFF", """
                    0 a INVITE 1
                    30 a 302/INVITE 1
                    40 a ACK 1 dialog
                    """, """
                    state: FAILED method: "INVITE" a_number: "alice" b_number: "bob" messages: 3 end_at_us: 30000
                    final_code: 302 final_reason: "Text 302" end_class: "redirected"
                    why: "302 Text 302 from 10.0.0.2:5060"
                    """),
            new Scenario("RFC 3665 section 3.8, no answer, the caller cancels", "CCCRRXXXXXXXX", """
                    0 a INVITE 1
                    5 b INVITE 1
                    6 a 100/INVITE 1
                    500 b 180/INVITE 1
                    510 a 180/INVITE 1
                    12500 a CANCEL 1
                    12505 a 200/CANCEL 1
                    12510 b CANCEL 1
                    12515 b 200/CANCEL 1
                    12520 b 487/INVITE 1
                    12525 b ACK 1 dialog
                    12530 a 487/INVITE 1
                    12535 a ACK 1 dialog
                    """, """
                    state: CANCELLED method: "INVITE" a_number: "alice" b_number: "bob" messages: 13
                    ringing_at_us: 500000 end_at_us: 12500000 final_code: 487 final_reason: "Text 487"
                    ring_ms: 12000 ended_by: "caller" end_class: "cancelled"
                    why: "the caller gave up after 12.0 s of ringing"
                    srd_successful_ms: 510 further_sightings: 5 dialogs: 1
                    """),
            new Scenario("RFC 3261 section 9.1, the CANCEL comes after the final reply", "CRFFFF", """
                    0 a INVITE 1
                    100 a 180/INVITE 1
                    5000 a 486/INVITE 1
                    5001 a CANCEL 1
                    5002 a ACK 1 dialog
                    5003 a 481/CANCEL 1
                    """, """
                    state: FAILED method: "INVITE" a_number: "alice" b_number: "bob" messages: 6
                    ringing_at_us: 100000 end_at_us: 5000000 final_code: 486 final_reason: "Text 486"
                    ring_ms: 4900 end_class: "busy" why: "486 Text 486 from 10.0.0.2:5060 after 4.9 s of ringing"
                    srd_successful_ms: 100 srd_failed_ms: 5000 dialogs: 1
                    """),
            new Scenario("RFC 3261 section 15, the caller gives up by a BYE in the early dialog", "CRXXXX", """
                    0 a INVITE 1
                    100 a 180/INVITE 1
                    6100 a BYE 2 dialog
                    6110 a 200/BYE 2
                    6120 a 487/INVITE 1
                    6130 a ACK 1 dialog
                    """, """
                    state: CANCELLED method: "INVITE" a_number: "alice" b_number: "bob" messages: 6
                    ringing_at_us: 100000 end_at_us: 6100000 final_code: 487 final_reason: "Text 487"
                    ring_ms: 6000 ended_by: "caller" end_class: "cancelled"
                    why: "the caller gave up after 6.0 s of ringing" srd_successful_ms: 100 dialogs: 1
                    """),
            new Scenario("RFC 3261 section 15, one early dialog is ended, the other is answered", "CRRRRAA", """
                    0 a INVITE 1
                    100 a 180/INVITE 1 tag=desk
                    120 a 180/INVITE 1 tag=mobile
                    3000 a BYE 2 dialog tag=mobile
                    3010 a 200/BYE 2 tag=mobile
                    4000 a 200/INVITE 1 tag=desk
                    4010 a ACK 1 dialog tag=desk
                    """, """
                    state: ANSWERED method: "INVITE" a_number: "alice" b_number: "bob" messages: 7
                    ringing_at_us: 100000 answer_at_us: 4000000 final_code: 200 final_reason: "Text 200"
                    ring_ms: 3900 srd_successful_ms: 100 dialogs: 2
                    """),
            new Scenario("RFC 6076 section 4.3.1, queued, then answered without ringing", "CCCA", """
                    0 a INVITE 1
                    5 a 100/INVITE 1
                    1000 a 182/INVITE 1
                    30000 a 200/INVITE 1
                    """, """
                    state: ANSWERED method: "INVITE" a_number: "alice" b_number: "bob" messages: 4
                    answer_at_us: 30000000 final_code: 200 final_reason: "Text 200" srd_successful_ms: 1000 dialogs: 1
                    """),
            new Scenario("RFC 6076 section 4.3.1, forwarded, then it rings", "CCCRA", """
                    0 a INVITE 1
                    5 a 100/INVITE 1
                    1000 a 181/INVITE 1
                    5000 a 180/INVITE 1
                    9000 a 200/INVITE 1
                    """, """
                    state: ANSWERED method: "INVITE" a_number: "alice" b_number: "bob" messages: 5
                    ringing_at_us: 5000000 answer_at_us: 9000000 final_code: 200 final_reason: "Text 200"
                    ring_ms: 4000 srd_successful_ms: 1000 dialogs: 1
                    """),
            new Scenario(
                    "RFC 3263 section 4.3, the first server is out of service, the second answers",
                    "CFCCRAAEE",
                    """
                    0 a INVITE 1
                    10 a 503/INVITE 1 tag=first
                    20 b INVITE 1 port-of=a
                    30 b 100/INVITE 1 port-of=a
                    1000 b 180/INVITE 1 port-of=a
                    5000 b 200/INVITE 1 port-of=a
                    5010 b ACK 1 dialog port-of=a
                    9000 b BYE 2 dialog port-of=a
                    9020 b 200/BYE 2 port-of=a
                    """,
                    """
                    state: ENDED method: "INVITE" a_number: "alice" b_number: "bob" messages: 9
                    ringing_at_us: 1000000 answer_at_us: 5000000 end_at_us: 9000000
                    final_code: 200 final_reason: "Text 200" ring_ms: 4000 duration_ms: 4000 ended_by: "caller"
                    srd_successful_ms: 1000 sdd_ms: 20 further_sightings: 1 dialogs: 1
                    """),
            new Scenario("RFC 3263 section 4.3, the second server says that the callee is busy", "CFCRF", """
                    0 a INVITE 1
                    10 a 503/INVITE 1 tag=first
                    20 b INVITE 1 port-of=a
                    1000 b 180/INVITE 1 port-of=a
                    5000 b 486/INVITE 1 port-of=a
                    """, """
                    state: FAILED method: "INVITE" a_number: "alice" b_number: "bob" messages: 5
                    ringing_at_us: 1000000 end_at_us: 5000000 final_code: 486 final_reason: "Text 486"
                    ring_ms: 4000 end_class: "busy" why: "486 Text 486 from 10.0.0.2:5060 after 4.0 s of ringing"
                    srd_successful_ms: 1000 srd_failed_ms: 5000 further_sightings: 1 dialogs: 1
                    """),
            new Scenario("RFC 3665 section 3.9, busy behind a proxy", "CCCRRRRFF", """
                    0 a INVITE 1
                    5 b INVITE 1
                    6 a 100/INVITE 1
                    100 b 180/INVITE 1
                    110 a 180/INVITE 1
                    3300 b 486/INVITE 1 reason=Q.850;cause=17
                    3305 b ACK 1 dialog
                    3310 a 486/INVITE 1 reason=Q.850;cause=17
                    3315 a ACK 1 dialog
                    """, """
                    state: FAILED method: "INVITE" a_number: "alice" b_number: "bob" messages: 9
                    ringing_at_us: 100000 end_at_us: 3310000 final_code: 486 final_reason: "Text 486"
                    ring_ms: 3210 end_class: "busy" end_q850: 17 end_q850_text: "User busy"
                    why: "486 Text 486 from 10.0.0.2:5061 after 3.2 s of ringing; Q.850 cause 17: User busy"
                    srd_successful_ms: 110 srd_failed_ms: 3310 further_sightings: 4 dialogs: 1
                    """),
            new Scenario("RFC 3665 section 3.10, no response, the proxy gives up", "CCCCCCCFF", """
                    0 a INVITE 1
                    5 b INVITE 1
                    6 a 100/INVITE 1
                    505 b INVITE 1
                    1505 b INVITE 1
                    3505 b INVITE 1
                    7505 b INVITE 1
                    32005 a 408/INVITE 1
                    32010 a ACK 1 dialog
                    """, """
                    state: FAILED method: "INVITE" a_number: "alice" b_number: "bob" messages: 9
                    end_at_us: 32005000 final_code: 408 final_reason: "Text 408"
                    end_class: "timeout" why: "408 Text 408 from 10.0.0.2:5060"
                    srd_failed_ms: 32005 retransmissions: 4 further_sightings: 1
                    """),
            new Scenario("RFC 3665 section 3.11, temporarily unavailable after ringing", "CRFF", """
                    0 a INVITE 1
                    200 a 180/INVITE 1
                    30200 a 480/INVITE 1
                    30210 a ACK 1 dialog
                    """, """
                    state: FAILED method: "INVITE" a_number: "alice" b_number: "bob" messages: 4
                    ringing_at_us: 200000 end_at_us: 30200000 final_code: 480 final_reason: "Text 480"
                    ring_ms: 30000 end_class: "no-answer"
                    why: "no answer: 480 Text 480 from 10.0.0.2:5060 after 30.0 s of ringing"
                    srd_successful_ms: 200 srd_failed_ms: 30200 dialogs: 1
                    """),
            new Scenario("RFC 3398 section 8.2.6.1, the telephone network has no circuit", "CCFF", """
                    0 a INVITE 1
                    10 a 100/INVITE 1
                    400 a 503/INVITE 1 reason=Q.850;cause=34
                    410 a ACK 1 dialog
                    """, """
                    state: FAILED method: "INVITE" a_number: "alice" b_number: "bob" messages: 4
                    end_at_us: 400000 final_code: 503 final_reason: "Text 503" end_class: "server-error"
                    why: "503 Text 503 from 10.0.0.2:5060; Q.850 cause 34: No circuit/channel available"
                    end_q850: 34 end_q850_text: "No circuit/channel available" srd_failed_ms: 400
                    """),
            new Scenario("RFC 3665 section 2.1, registered after a challenge", "GGGG", """
                    0 a REGISTER 1 user=registrar
                    10 a 401/REGISTER 1
                    30 a REGISTER 2 user=registrar
                    75 a 200/REGISTER 2 contact=<sip:bob@192.0.2.4>;expires=3600,<sip:bob@192.0.2.5>;expires=60
                    """, """
                    state: REGISTRATION method: "REGISTER" a_number: "alice" b_number: "registrar" messages: 4
                    final_code: 200 final_reason: "Text 200" rrd_ms: 45 expires_s: 3600 bindings: 2
                    """),
            new Scenario("RFC 3665 section 2.4, all bindings removed", "GG", """
                    0 a REGISTER 1 user=registrar expires=0 contact=*
                    20 a 200/REGISTER 1
                    """, """
                    state: REGISTRATION method: "REGISTER" a_number: "alice" b_number: "registrar" messages: 2
                    final_code: 200 final_reason: "Text 200" rrd_ms: 20
                    """),
            new Scenario("RFC 3665 section 2.5, wrong password", "GGGG", """
                    0 a REGISTER 1 user=registrar
                    10 a 401/REGISTER 1
                    30 a REGISTER 2 user=registrar
                    40 a 401/REGISTER 2
                    """, """
                    state: REGISTRATION method: "REGISTER" a_number: "alice" b_number: "registrar" messages: 4
                    end_at_us: 40000 final_code: 401 final_reason: "Text 401" end_class: "authentication"
                    why: "authentication failed after 2 attempts: 401 Text 401 from 10.0.0.2:5060"
                    """),
            new Scenario(
                    "RFC 3261 section 10.3, registered, and refused when the registration is renewed",
                    "GGGG",
                    """
                    0 a REGISTER 1 user=registrar
                    20 a 200/REGISTER 1 contact=<sip:bob@192.0.2.4>;expires=60
                    50000 a REGISTER 2 user=registrar
                    50030 a 503/REGISTER 2
                    """,
                    """
                    state: REGISTRATION method: "REGISTER" a_number: "alice" b_number: "registrar" messages: 4
                    end_at_us: 50030000 final_code: 503 final_reason: "Text 503" end_class: "server-error"
                    why: "503 Text 503 from 10.0.0.2:5060" rrd_ms: 20 expires_s: 60 bindings: 1
                    """),
            new Scenario("RFC 3261 section 10.2, a phone that was started anew has another tag", "GGGG", """
                    0 a REGISTER 1 user=registrar
                    20 a 403/REGISTER 1
                    50000 a REGISTER 1 user=registrar from=again
                    50030 a 200/REGISTER 1 from=again
                    """, """
                    state: REGISTRATION method: "REGISTER" a_number: "alice" b_number: "registrar" messages: 4
                    final_code: 200 final_reason: "Text 200" rrd_ms: 30
                    """),
            new Scenario("RFC 5359 section 2.1, held and taken up again", "CAAAAAAAAEE", """
                    0 a INVITE 1 sdp=0
                    900 a 200/INVITE 1 sdp=0
                    910 a ACK 1 dialog
                    5000 a INVITE 7 callee sdp=0 hold
                    5010 a 200/INVITE 7 callee sdp=0
                    5020 a ACK 7 callee
                    8000 a INVITE 8 callee sdp=0
                    8010 a 200/INVITE 8 callee sdp=0
                    8020 a ACK 8 callee
                    9900 a BYE 2 dialog
                    9910 a 200/BYE 2
                    """, """
                    state: ENDED method: "INVITE" a_number: "alice" b_number: "bob" messages: 11
                    answer_at_us: 900000 end_at_us: 9900000 final_code: 200 final_reason: "Text 200"
                    duration_ms: 9000 ended_by: "caller" srd_successful_ms: 900 sdd_ms: 10 dialogs: 1
                    reinvites: 2 held: true codecs_offered: "PCMU" codecs_answered: "PCMU"
                    """),
            new Scenario("RFC 5359 section 2.4, transferred unattended", "CAAAAAAEE", """
                    0 a INVITE 1
                    900 a 200/INVITE 1
                    910 a ACK 1 dialog
                    5000 a REFER 7 callee refer-to=<sip:carol@example.com>
                    5010 a 202/REFER 7 callee
                    5020 a NOTIFY 2 dialog
                    5030 a 200/NOTIFY 2
                    5900 a BYE 8 callee
                    5910 a 200/BYE 8 callee
                    """, """
                    state: ENDED method: "INVITE" a_number: "alice" b_number: "bob" messages: 9
                    answer_at_us: 900000 end_at_us: 5900000 final_code: 200 final_reason: "Text 200"
                    duration_ms: 5000 ended_by: "callee" srd_successful_ms: 900 sdd_ms: 10 dialogs: 1
                    transferred_to: "carol"
                    """),
            new Scenario("RFC 5359 section 2.5, the call that replaces another", "CAA", """
                    0 a INVITE 1 replaces=call-0@example.com;to-tag=1;from-tag=2
                    10 a 200/INVITE 1
                    20 a ACK 1 dialog
                    """, """
                    state: ANSWERED method: "INVITE" a_number: "alice" b_number: "bob" messages: 3
                    answer_at_us: 10000 final_code: 200 final_reason: "Text 200" srd_successful_ms: 10 dialogs: 1
                    replaces: "call-0@example.com"
                    """),
            new Scenario("RFC 3261 section 16.7, forked, one answers, the other is cancelled", "CCCRRRRAAAA", """
                    0 a INVITE 1
                    5 b INVITE 1 user=desk
                    6 c INVITE 1 user=mobile
                    100 b 180/INVITE 1 tag=desk
                    110 a 180/INVITE 1 tag=desk
                    200 c 180/INVITE 1 tag=mobile
                    210 a 180/INVITE 1 tag=mobile
                    4000 c 200/INVITE 1 tag=mobile
                    4010 a 200/INVITE 1 tag=mobile
                    4020 b CANCEL 1 reason=SIP;cause=200
                    4030 b 487/INVITE 1 tag=desk
                    """, """
                    state: ANSWERED method: "INVITE" a_number: "alice" b_number: "bob" messages: 11
                    ringing_at_us: 100000 answer_at_us: 4000000 final_code: 200 final_reason: "Text 200"
                    ring_ms: 3900 srd_successful_ms: 110 further_sightings: 5 b_number_after: "mobile" dialogs: 2
                    """),
            new Scenario(
                    "RFC 3261 section 13.2.2.4, two answer, the caller talks to the first", "CRRAAAAAAAEE", """
                    0 a INVITE 1
                    100 a 180/INVITE 1 tag=desk
                    120 a 180/INVITE 1 tag=mobile
                    4000 a 200/INVITE 1 tag=desk
                    4010 a ACK 1 dialog tag=desk
                    4020 a 200/INVITE 1 tag=mobile
                    4030 a ACK 1 dialog tag=mobile
                    4040 a BYE 2 dialog tag=mobile
                    4060 a 200/BYE 2 tag=mobile
                    9000 a INFO 3 dialog tag=desk
                    64000 a BYE 4 dialog tag=desk
                    64030 a 200/BYE 4 tag=desk
                    """, """
                    state: ENDED method: "INVITE" a_number: "alice" b_number: "bob" messages: 12
                    ringing_at_us: 100000 answer_at_us: 4000000 end_at_us: 64000000
                    final_code: 200 final_reason: "Text 200" ring_ms: 3900 duration_ms: 60000 ended_by: "caller"
                    srd_successful_ms: 100 sdd_ms: 30 dialogs: 2
                    """),
            new Scenario(
                    "RFC 3261 section 15, two answer, one of them hangs up and the call goes on", "CAAAAAA", """
                    0 a INVITE 1
                    4000 a 200/INVITE 1 tag=desk
                    4010 a ACK 1 dialog tag=desk
                    4020 a 200/INVITE 1 tag=mobile
                    4030 a ACK 1 dialog tag=mobile
                    5000 a BYE 7 from=desk dialog tag=caller reason=Q.850;cause=16
                    5010 a 200/BYE 7 from=desk tag=caller
                    """, """
                    state: ANSWERED method: "INVITE" a_number: "alice" b_number: "bob" messages: 7
                    answer_at_us: 4000000 final_code: 200 final_reason: "Text 200" srd_successful_ms: 4000 dialogs: 2
                    """),
            new Scenario(
                    "the same wire seen by two agents, of which one misses a retransmission", "CCCCCRR", """
                    0 a INVITE 1 node=east
                    1 a INVITE 1 node=west
                    500 a INVITE 1 node=east
                    1500 a INVITE 1 node=east
                    1501 a INVITE 1 node=west
                    1600 a 180/INVITE 1 node=east
                    1601 a 180/INVITE 1 node=west
                    """, """
                    state: RINGING method: "INVITE" a_number: "alice" b_number: "bob" messages: 7
                    ringing_at_us: 1600000 srd_successful_ms: 1600 retransmissions: 2 duplicates: 3 dialogs: 1
                    """));

    @TestFactory
    Stream<DynamicTest> recordIsThatOfTheRfc() {
        return each(scenario -> assertThat(rebased(record(scenario.messages(), false)))
                .isEqualTo(TextFormat.parse(scenario.record(), Call.class)));
    }

    @TestFactory
    Stream<DynamicTest> cutAfterAnyMessageItStandsWhereTheFlowStands() {
        return each(scenario -> {
            var messages = scenario.messages();
            var states = new StringBuilder();
            for (int i = 1; i <= messages.size(); i++) {
                states.append(letter(record(messages.subList(0, i), false)));
            }
            assertThat(states).hasToString(scenario.states());
        });
    }

    /** Half of a call, whichever half, has a record without contradictions, also when nothing more comes. */
    @TestFactory
    Stream<DynamicTest> anyPartOfItIsSensible() {
        return each(scenario -> {
            var messages = scenario.messages();
            for (int from = 0; from < messages.size(); from++) {
                for (int to = from + 1; to <= messages.size(); to++) {
                    assertSensible(record(messages.subList(from, to), false), to - from);
                    assertSensible(record(messages.subList(from, to), true), to - from);
                }
            }
        });
    }

    private static void assertSensible(Call call, int messages) {
        assertThat(call.getMessages()).isEqualTo(messages);
        assertThat(call.getRetransmissions() + call.getFurtherSightings() + call.getDuplicates())
                .isBetween(0, messages - 1);
        char state = letter(call);
        assertThat(state == 'F' || state == 'X')
                .as("only what did not come about has a class, and all of it has: %s", call)
                .isEqualTo(!call.getEndClass().isEmpty() && state != 'G' && state != 'O');
        assertThat(call.getEndClass().isEmpty() || !call.getWhy().isEmpty()).isTrue();
        assertThat(call.getWhy().isEmpty() || "FXEGO".indexOf(state) >= 0).isTrue();
        assertThat(call.hasSrdFailedMs() && call.getAnswerAtUs() != 0).isFalse();
        assertThat(call.getAnswerAtUs() != 0 && call.getFinalCode() / 100 != 2).isFalse();
    }

    @TestFactory
    Stream<DynamicTest> shuffledItEndsInTheSameRecord() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        return each(scenario -> {
            var messages = scenario.messages();
            var expected = rebased(record(messages, false));
            var atLast = rebased(record(messages, true));
            for (int i = 0; i < SHUFFLES; i++) {
                var shuffled = new ArrayList<>(messages);
                Collections.shuffle(shuffled, random);
                assertThat(rebased(record(shuffled, false))).as("seed %d", seed).isEqualTo(expected);
                assertThat(rebased(record(shuffled, true))).as("seed %d", seed).isEqualTo(atLast);
            }
        });
    }

    private interface Check {
        void of(Scenario scenario) throws TextFormat.ParseException;
    }

    private static Stream<DynamicTest> each(Check check) {
        return SCENARIOS.stream().map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> check.of(scenario)));
    }

    private static Call record(List<SipMessage> messages, boolean outOfTime) {
        OpenCall open = null;
        for (var message : messages) {
            open = CallAggregator.add(open, message, message.getAtUs());
        }
        return CallOutcome.of(open, outOfTime).record("call-1", open);
    }

    private static Call rebased(Call call) {
        var rebased = call.toBuilder()
                .clearCallId()
                .clearRevision()
                .clearOpenedAtUs()
                .clearOpenedReceivedAtUs()
                .clearBeginAtUs()
                .clearLastAtUs()
                .clearFromUser()
                .clearFromHost()
                .clearToUser()
                .clearToHost()
                .clearHosts()
                .clearCaptureNodes();
        rebased.setRingingAtUs(rebased(call.getRingingAtUs()));
        rebased.setAnswerAtUs(rebased(call.getAnswerAtUs()));
        return rebased.setEndAtUs(rebased(call.getEndAtUs())).build();
    }

    private static long rebased(long micros) {
        return micros == 0 ? 0 : micros - Script.BEGIN;
    }

    private static char letter(Call call) {
        return switch (call.getState()) {
            case CALLING -> 'C';
            case RINGING -> 'R';
            case ANSWERED -> 'A';
            case ENDED -> 'E';
            case FAILED -> 'F';
            case CANCELLED -> 'X';
            case REGISTRATION -> 'G';
            default -> 'O';
        };
    }
}
