/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static io.rhapsode.schema.SipMessage.Repeat.DUPLICATE;
import static io.rhapsode.schema.SipMessage.Repeat.FIRST;
import static io.rhapsode.schema.SipMessage.Repeat.FURTHER_SIGHTING;
import static io.rhapsode.schema.SipMessage.Repeat.RETRANSMISSION;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.SipMessage.Repeat;
import io.rhapsode.wire.sip.SipMessage;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepeatsTest {

    private static final String INVITE =
            "INVITE sip:b@b SIP/2.0\nCSeq: 1 INVITE\nFrom: <sip:a@a>;tag=1\nTo: <sip:b@b>\n";

    private final Repeats repeats = new Repeats();

    /** @param hop the last byte of the destination, and the top Via's branch */
    private Repeat see(String message, int hop, String node) {
        var packet = RawPacket.newBuilder()
                .setSourceAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 1}))
                .setDestinationAddress(ByteString.copyFrom(new byte[] {10, 0, 0, (byte) hop}))
                .setSourcePort(5060)
                .setDestinationPort(5060)
                .setCaptureNode(node)
                .build();
        byte[] payload = (message + "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK" + hop
                        + (message.contains("Call-ID") ? "" : "\nCall-ID: one") + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
        return repeats.see(packet, SipMessage.of(payload, 0, payload.length));
    }

    @Test
    void eachIsComparedWithTheFirstSighting() {
        assertThat(see(INVITE, 2, "x")).isEqualTo(FIRST);
        assertThat(see(INVITE, 2, "y")).isEqualTo(DUPLICATE);
        assertThat(see(INVITE, 3, "y")).isEqualTo(FURTHER_SIGHTING);
        assertThat(see(INVITE, 2, "x")).isEqualTo(RETRANSMISSION);
        assertThat(see(INVITE, 3, "x")).isEqualTo(FURTHER_SIGHTING);
    }

    @ParameterizedTest
    @CsvSource({
        "1 INVITE, 2 INVITE",
        "1 INVITE, 1 ACK",
        "tag=1, tag=2",
        "INVITE sip:b@b SIP/2.0, SIP/2.0 180 Ringing",
        "To: <sip:b@b>, To: <sip:b@b>;tag=9",
        "'CSeq:', 'Call-ID: other\nCSeq:'"
    })
    void whatDiffersInThisIsAnotherMessage(String one, String other) {
        assertThat(see(INVITE, 2, "x")).isEqualTo(FIRST);
        String changed = INVITE.replace(one, other.replace("\\n", "\n"));
        assertThat(changed).isNotEqualTo(INVITE);
        assertThat(see(changed, 2, "x")).isEqualTo(FIRST);
    }

    @Test
    void aProxyMayChangeTheRest() {
        assertThat(see(INVITE, 2, "x")).isEqualTo(FIRST);
        assertThat(see(INVITE.replace("sip:b@b SIP", "sip:b@10.0.0.9 SIP") + "Max-Forwards: 69\n", 3, "x"))
                .isEqualTo(FURTHER_SIGHTING);
    }

    @Test
    void eachHopHasItsOwnTryingAndItsOwnCancel() {
        for (String start : new String[] {"SIP/2.0 100 Trying", "CANCEL sip:b@b SIP/2.0"}) {
            String message = INVITE.replace("INVITE sip:b@b SIP/2.0", start);
            assertThat(see(message, 2, "x")).isEqualTo(FIRST);
            assertThat(see(message, 3, "x")).isEqualTo(FIRST);
            assertThat(see(message, 3, "x")).isEqualTo(RETRANSMISSION);
        }
    }

    @Test
    void provisionalResponsesThatMustArriveAreToldApartByTheirNumber() {
        String ringing = INVITE.replace("INVITE sip:b@b SIP/2.0", "SIP/2.0 183 Session Progress");
        assertThat(see(ringing + "RSeq: 1\n", 2, "x")).isEqualTo(FIRST);
        assertThat(see(ringing + "RSeq: 2\n", 2, "x")).isEqualTo(FIRST);
        assertThat(see(ringing + "RSeq: 2\n", 2, "x")).isEqualTo(RETRANSMISSION);
    }

    @Test
    void whatIsForgottenIsNewAndNothingElseIs() {
        int calls = 1_000;
        for (int round = 0; round < 2; round++) {
            int first = 0;
            for (int call = 0; call < calls; call++) {
                first += see(INVITE + "Call-ID: call-" + call + "\n", 2, "x") == FIRST ? 1 : 0;
            }
            // Two that fall on one place forget each other: of a thousand on 32,768 places some thirty.
            assertThat(first).isBetween(round == 0 ? calls : 0, round == 0 ? calls : 100);
        }
    }
}
