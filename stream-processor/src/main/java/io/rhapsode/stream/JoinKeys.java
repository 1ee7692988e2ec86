/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.LinkRule;
import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Sdp;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Uri;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Seen;
import java.util.List;
import java.util.Locale;

/**
 * Gathers what joins a call to others, for {@link LegKey}: what its INVITEs and REFERs hand on or name, the hops the
 * INVITE takes, and the media it offers. Of all that the earliest is kept, in whichever order messages arrive.
 */
final class JoinKeys {

    private static final int MOST_KEYS = 16;
    private static final int MOST_PLACES = 8;

    /** What is shorter ("0", "none", "true") names no call; what is longer is no identifier. */
    private static final int LEAST_LENGTH = 5;

    private static final int MOST_LENGTH = 256;

    private static final String NULL_UUID = "0".repeat(32);

    /** Where a REFER asks for the call, and where the call that comes of it says so: {@link LegKey} joins the two. */
    static final String REFERS = "refers ";

    static final String REFERRED = "referred ";

    private JoinKeys() {}

    static void add(OpenCall.Builder call, SipMessage message) {
        if (message.getCseqMethod().equals("INVITE") && !message.getMethod().equals("CANCEL")) {
            addHandedOn(call, message);
            if (CallAggregator.isRequest(message)) {
                addInvite(call, message);
            }
        } else if (message.getMethod().equals("REFER")) {
            addRefer(call, message);
        }
    }

    private static void addHandedOn(OpenCall.Builder call, SipMessage message) {
        addUuid(call, message, message.getSessionId());
        addUuid(call, message, message.getSessionIdRemote());
        add(call, message, LinkRule.ICID, "icid ", message.getChargingVector().getIcid());
        for (var header : message.getHeaderList()) {
            addCallId(call, message, LinkRule.HEADER, header.getValue());
        }
    }

    private static void addInvite(OpenCall.Builder call, SipMessage message) {
        addCallId(call, message, LinkRule.REPLACES, message.getReplaces().getCallId());
        addOffer(call, message);
        if (CallAggregator.isInDialog(message)) {
            return;
        }
        if (message.hasReferredBy()) {
            addTransfer(call, message, REFERRED, message.getReferredBy().getUri(), message.getRequestUri());
        }
        RawPacket packet = message.getPacket();
        String from = Endpoint.address(packet.getSourceAddress());
        String to = Endpoint.address(packet.getDestinationAddress());
        if (!from.isEmpty() && !to.isEmpty()) {
            String hop = from + " " + to;
            CallAggregator.addText(
                    call.getInviteHopsList(), hop, message.getAtUs(), 0, MOST_PLACES, hops -> call.clearInviteHops()
                            .addAllInviteHops(hops));
        }
    }

    private static void addOffer(OpenCall.Builder call, SipMessage message) {
        List<Seen> before = call.getOfferedMediaList();
        List<Seen> media = before;
        for (Sdp.Media each : message.getSdp().getMediaList()) {
            String address = each.getAddress();
            if (each.getPort() > 0 && !address.isEmpty() && !address.equals("0.0.0.0")) {
                String text = (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + each.getPort();
                media = CallAggregator.with(media, text, message.getAtUs(), 0, MOST_PLACES);
            }
        }
        if (media != before) {
            call.clearOfferedMedia().addAllOfferedMedia(media);
        }
    }

    private static void addRefer(OpenCall.Builder call, SipMessage message) {
        addCallId(call, message, LinkRule.REFER, message.getReplaces().getCallId());
        // Referred-By is taken over into the INVITE as it stands; without one there, From is who refers.
        var by = message.hasReferredBy() ? message.getReferredBy() : message.getFrom();
        addTransfer(call, message, REFERS, by.getUri(), message.getReferTo().getUri());
    }

    private static void addTransfer(OpenCall.Builder call, SipMessage message, String side, Uri by, Uri target) {
        if (!by.getUser().isEmpty() && !target.getUser().isEmpty()) {
            String pair = side(by.getUser()) + " " + side(target.getUser());
            add(call, message, LinkRule.TRANSFER, side, pair);
        }
    }

    private static String side(String user) {
        String number = Subscriber.compared(user);
        return number.isEmpty() ? user.toLowerCase(Locale.ROOT) : number;
    }

    /** RFC 7989 section 5: 32 hexadecimal digits; all zero where the other side's is not known yet. */
    private static void addUuid(OpenCall.Builder call, SipMessage message, String uuid) {
        if (uuid.length() == NULL_UUID.length()
                && !uuid.equals(NULL_UUID)
                && uuid.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            add(call, message, LinkRule.SESSION_ID, "session-id ", uuid.toLowerCase(Locale.ROOT));
        }
    }

    /** The key is the Call-ID itself, so that it comes to where that call is followed; its own says nothing. */
    private static void addCallId(OpenCall.Builder call, SipMessage message, LinkRule rule, String callId) {
        if (!callId.equals(message.getCallId())) {
            add(call, message, rule, "", callId);
        }
    }

    private static void add(OpenCall.Builder call, SipMessage message, LinkRule rule, String prefix, String value) {
        if (value.length() < LEAST_LENGTH || value.length() > MOST_LENGTH) {
            return;
        }
        long at = message.getAtUs();
        CallAggregator.addText(
                call.getJoinKeysList(), prefix + value, at, rule.getNumber(), MOST_KEYS, keys -> call.clearJoinKeys()
                        .addAllJoinKeys(keys));
    }
}
