/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.RawPacket;
import io.rhapsode.schema.Sdp;
import io.rhapsode.schema.SipMessage;
import io.rhapsode.schema.Uri;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Opening;
import io.rhapsode.stream.state.Seen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Adds one message to what is known of its Call-ID. A pure function, and one that does not care in which order the
 * messages arrive: it only keeps earliest and latest sightings, by the messages' own time. What they mean is told by
 * {@link CallOutcome}, from all of them together.
 */
final class CallAggregator {

    /** The most entries of any list: what one Call-ID can make us keep is bounded, whatever is sent. */
    static final int MOST = 64;

    private static final int MOST_CODECS = 16;

    private static final Comparator<Seen> BY_APPEARANCE = Comparator.comparingLong(Seen::getAtUs)
            .thenComparingInt(Seen::getPlace)
            .thenComparing(Seen::getText);

    /** By the hop, which is the place of it, before the time. */
    private static final Comparator<Seen> BY_DISTANCE =
            Comparator.comparingInt(Seen::getPlace).thenComparing(BY_APPEARANCE);

    private static final Comparator<Opening> BEST_OPENING = Comparator.comparingInt(Opening::getRank)
            .thenComparingLong(Opening::getAtUs)
            // Some agents only know milliseconds: then the lower CSeq was first.
            .thenComparingInt(Opening::getCseq)
            .thenComparing(Opening::getFromUser)
            .thenComparing(Opening::getTargetUser)
            .thenComparing(Opening::toByteString, com.google.protobuf.ByteString.unsignedLexicographicalComparator());

    private CallAggregator() {}

    /**
     * @param before what is known, null if nothing is
     * @param arrivalMicros the processor's clock, microseconds since 1970-01-01 UTC
     */
    static OpenCall add(OpenCall before, SipMessage message, long arrivalMicros) {
        long at = message.getAtUs();
        var call = before == null
                ? OpenCall.newBuilder()
                        .setOpenedAtUs(at)
                        .setOpenedReceivedAtUs(message.getPacket().getReceivedAtUs())
                        .setFirstArrivalUs(arrivalMicros)
                        // A capture read once more opens a call of a name that was closed before: it begins above
                        // the revisions of that one, or what stores the highest alone would keep the old record.
                        .setRevision(arrivalMicros)
                : before.toBuilder();
        call.setRevision(call.getRevision() + 1)
                .setLastArrivalUs(Math.max(call.getLastArrivalUs(), arrivalMicros))
                .setBeginAtUs(earliest(call.getBeginAtUs(), at))
                .setLastAtUs(Math.max(call.getLastAtUs(), at))
                .setMessages(call.getMessages() + 1);
        addOpening(call, message);
        addAsserted(call, message);
        Farewells.add(call, message);
        Transactions.add(call, message);
        Sightings.add(call, message);
        addSeen(call, message);
        addTransfer(call, message);
        addSession(call, message);
        JoinKeys.add(call, message);
        return call.build();
    }

    /** The earlier of two times, of which 0 is none. */
    static long earliest(long one, long other) {
        return one == 0 || other != 0 && other < one ? other : one;
    }

    static boolean isRequest(SipMessage message) {
        return !message.getMethod().isEmpty();
    }

    /** True if the message is one of a dialog that stands already (RFC 3261 section 12.2). */
    static boolean isInDialog(SipMessage message) {
        return !message.getTo().getTag().isEmpty();
    }

    private static void addOpening(OpenCall.Builder call, SipMessage message) {
        int rank = rank(message);
        if (call.hasOpening() && call.getOpening().getRank() < rank) {
            return;
        }
        var opening = opening(message, rank);
        if (!call.hasOpening() || BEST_OPENING.compare(opening, call.getOpening()) < 0) {
            call.setOpening(opening);
        }
    }

    /** How well a message tells who calls whom: From and To change sides in what the callee sends. */
    private static int rank(SipMessage message) {
        boolean invite = message.getCseqMethod().equals("INVITE");
        if (!isRequest(message)) {
            return invite ? 2 : 6;
        }
        return switch (message.getMethod()) {
            case "INVITE" -> isInDialog(message) ? 3 : 0;
            // A CANCEL has From, To and Request-URI of its INVITE (RFC 3261 section 9.1).
            case "CANCEL" -> 1;
            default -> isInDialog(message) ? 5 : 4;
        };
    }

    private static Opening opening(SipMessage message, int rank) {
        Uri from = message.getFrom().getUri();
        Uri to = message.getTo().getUri();
        var opening = Opening.newBuilder()
                .setRank(rank)
                .setAtUs(message.getAtUs())
                .setCseq(message.getCseqNumber())
                .setMethod(rank == 1 ? "INVITE" : method(message))
                .setFromUser(from.getUser())
                .setFromHost(from.getHost())
                .setToUser(to.getUser())
                .setToHost(to.getHost());
        if (isRequest(message) && !isInDialog(message)) {
            opening.setTargetUser(message.getRequestUri().getUser());
        }
        return opening.build();
    }

    private static String method(SipMessage message) {
        return isRequest(message) ? message.getMethod() : message.getCseqMethod();
    }

    private static void addAsserted(OpenCall.Builder call, SipMessage message) {
        if (!isRequest(message) || isInDialog(message)) {
            return;
        }
        for (var identity : message.getAssertedIdentityList()) {
            String user = identity.getUri().getUser();
            if (!user.isEmpty()) {
                var seen = seen(user, message.getAtUs(), HopOrder.distance(message));
                if (!call.hasAsserted() || BY_DISTANCE.compare(seen, call.getAsserted()) < 0) {
                    call.setAsserted(seen);
                }
                return;
            }
        }
    }

    /** The first cause of this protocol in Reason (RFC 3326), 0 if there is none. */
    static int cause(SipMessage message, String protocol) {
        for (var reason : message.getReasonsList()) {
            if (reason.getProtocol().equalsIgnoreCase(protocol) && reason.getCause() > 0) {
                return reason.getCause();
            }
        }
        return 0;
    }

    /** REFER (RFC 3515) and Replaces (RFC 3891): what makes one call out of another. */
    private static void addTransfer(OpenCall.Builder call, SipMessage message) {
        long at = message.getAtUs();
        if (message.getMethod().equals("REFER") && message.hasReferTo()) {
            Uri target = message.getReferTo().getUri();
            String text = target.getUser().isEmpty() ? target.getHost() : target.getUser();
            call.setReferTo(earlier(call.hasReferTo() ? call.getReferTo() : null, seen(text, at, 0)));
        }
        if (message.getMethod().equals("INVITE") && message.hasReplaces()) {
            var replaces = seen(message.getReplaces().getCallId(), at, 0);
            call.setReplaces(earlier(call.hasReplaces() ? call.getReplaces() : null, replaces));
        }
    }

    /** What the session descriptions say, as far as {@link CallMessages} has read them. */
    private static void addSession(OpenCall.Builder call, SipMessage message) {
        if (!message.hasSdp()) {
            return;
        }
        boolean late = message.getMethod().equals("ACK") || message.getMethod().equals("PRACK");
        if (isRequest(message) && isInDialog(message) && !late) {
            boolean holds = message.getSdp().getMediaList().stream().anyMatch(Sdp.Media::getHold);
            call.setHeld(call.getHeld() || holds);
            return;
        }
        var codecs = seen(codecs(message.getSdp()), message.getAtUs(), 0);
        if (codecs.getText().isEmpty()) {
            return;
        }
        if (late) {
            call.setLateCodecs(earlier(call.hasLateCodecs() ? call.getLateCodecs() : null, codecs));
        } else if (message.getMethod().equals("INVITE")) {
            call.setInviteCodecs(earlier(call.hasInviteCodecs() ? call.getInviteCodecs() : null, codecs));
        } else if (!isRequest(message) && message.getCseqMethod().equals("INVITE")) {
            call.setReplyCodecs(earlier(call.hasReplyCodecs() ? call.getReplyCodecs() : null, codecs));
        }
    }

    private static String codecs(Sdp sdp) {
        return sdp.getMediaList().stream()
                .filter(media -> media.getPort() > 0)
                .flatMap(media -> media.getCodecList().stream())
                .map(codec -> codec.getName().isEmpty() ? codec.getFormat() : codec.getName())
                .distinct()
                .limit(MOST_CODECS)
                .collect(Collectors.joining(" "));
    }

    private static Seen earlier(Seen one, Seen other) {
        return one == null || BY_APPEARANCE.compare(other, one) < 0 ? other : one;
    }

    private static void addSeen(OpenCall.Builder call, SipMessage message) {
        RawPacket packet = message.getPacket();
        long at = message.getAtUs();
        var hosts = call.getHostsList();
        var withSource = with(hosts, Endpoint.text(packet.getSourceAddress(), packet.getSourcePort()), at, 0);
        var withBoth =
                with(withSource, Endpoint.text(packet.getDestinationAddress(), packet.getDestinationPort()), at, 1);
        if (withBoth != hosts) {
            call.clearHosts().addAllHosts(withBoth);
        }
        String agent = message.getUserAgent();
        addText(call.getUserAgentsList(), agent, at, 0, MOST, agents -> call.clearUserAgents()
                .addAllUserAgents(agents));
        String node = packet.getCaptureNode();
        addText(call.getCaptureNodesList(), node, at, 0, MOST, nodes -> call.clearCaptureNodes()
                .addAllCaptureNodes(nodes));
        addText(call.getSitesList(), packet.getSite(), at, 0, MOST, sites -> call.clearSites()
                .addAllSites(sites));
    }

    /**
     * Gives the list with the text in it, as {@link #with} makes it, if that is another one than before. It is compared with
     * the very list that was given: a builder's getter returns a new one each time.
     */
    static void addText(List<Seen> seen, String text, long at, int place, int most, Consumer<List<Seen>> changed) {
        var added = with(seen, text, at, place, most);
        if (added != seen) {
            changed.accept(added);
        }
    }

    /** The list itself if nothing changes, else a new one: each text once, in order of appearance, the first 64. */
    private static List<Seen> with(List<Seen> seen, String text, long at, int place) {
        return with(seen, text, at, place, MOST);
    }

    /** Likewise, the first so many. */
    static List<Seen> with(List<Seen> seen, String text, long at, int place, int most) {
        if (text.isEmpty()) {
            return seen;
        }
        int known = 0;
        while (known < seen.size() && !seen.get(known).getText().equals(text)) {
            known++;
        }
        boolean isKnown = known < seen.size();
        if (isKnown && isBefore(seen.get(known), at, place)) {
            return seen;
        }
        var added = seen(text, at, place);
        var list = new ArrayList<>(seen);
        if (isKnown) {
            list.remove(known);
        }
        int index = 0;
        while (index < list.size() && BY_APPEARANCE.compare(list.get(index), added) <= 0) {
            index++;
        }
        if (index == most) {
            return seen;
        }
        list.add(index, added);
        return list.size() > most ? list.subList(0, most) : list;
    }

    private static boolean isBefore(Seen seen, long at, int place) {
        return seen.getAtUs() < at || seen.getAtUs() == at && seen.getPlace() <= place;
    }

    private static Seen seen(String text, long at, int place) {
        return Seen.newBuilder().setText(text).setAtUs(at).setPlace(place).build();
    }
}
