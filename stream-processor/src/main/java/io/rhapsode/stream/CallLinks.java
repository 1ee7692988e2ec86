/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.CallLink;
import io.rhapsode.schema.Link;
import io.rhapsode.stream.state.KnownLink;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The links of one open call, and the session that follows from them. Links are only added and become surer, a session
 * only becomes earlier, and each call tells those it is linked to of the earliest it knows: so in the end all calls that
 * are joined have the same one, whatever came first. Pure.
 */
final class CallLinks {

    private static final int MOST = 16;

    /** So often a call tells of its session: each time it is an earlier one, and few are earlier. */
    private static final int MOST_TOLD = 64;

    private static final Comparator<Session> EARLIER =
            Comparator.comparingLong(Session::getBeginUs).thenComparing(Session::getCallId);

    private static final Comparator<KnownLink> SURER =
            Comparator.comparingInt(KnownLink::getRule).thenComparing(KnownLink::getCallId);

    private CallLinks() {}

    /** @return the same call if it knew all that */
    static OpenCall add(String callId, OpenCall call, CallLink added) {
        String other = added.getLink().getCallId();
        int rule = added.getLink().getRuleValue();
        if (other.equals(callId) || LinkRules.confidence(LinkRules.rule(rule)) == 0) {
            return call;
        }
        var links = new ArrayList<>(call.getLinksList());
        var known = links.stream()
                .filter(link -> link.getCallId().equals(other))
                .findFirst()
                .orElse(null);
        links.remove(known);
        var merged = known == null ? opened(callId, call, other, rule) : known.toBuilder();
        merged.setRule(Math.min(merged.getRule(), rule));
        var builder = call.toBuilder();
        if (!added.getSession().isEmpty() && LinkRules.isAsserted(LinkRules.rule(rule))) {
            var session = session(added.getSessionBeginUs(), added.getSession());
            merged.setHeard(earlier(merged.hasHeard() ? merged.getHeard() : session, session));
            builder.setSession(earlier(call.hasSession() ? call.getSession() : session, session));
        }
        links.add(merged.build());
        links.sort(SURER);
        var all = builder.clearLinks()
                .addAllLinks(links.size() > MOST ? links.subList(0, MOST) : links)
                .build();
        return all.equals(call) ? call : all;
    }

    /** Who announced this call has told the other of it already, as a session of its own. */
    private static KnownLink.Builder opened(String callId, OpenCall call, String other, int rule) {
        return KnownLink.newBuilder()
                .setCallId(other)
                .setRule(rule)
                .setTold(hash(session(call.getAnnouncedBeginUs(), callId)));
    }

    /** Tells those it is linked to of its session, where that is earlier than what they said themselves. */
    static OpenCall tell(String callId, OpenCall call, Consumer<CallLink> out) {
        var session = of(callId, call);
        int hash = hash(session);
        OpenCall.Builder told = null;
        for (int i = 0; i < call.getLinksCount(); i++) {
            var link = call.getLinks(i);
            boolean news = link.hasHeard() && EARLIER.compare(session, link.getHeard()) < 0 && link.getTold() != hash;
            if (news && call.getTold() < MOST_TOLD) {
                out.accept(CallLink.newBuilder()
                        .setCallId(link.getCallId())
                        .setLink(LinkRules.link(callId, LinkRules.rule(link.getRule())))
                        .setSession(session.getCallId())
                        .setSessionBeginUs(session.getBeginUs())
                        .build());
                told = told == null ? call.toBuilder().setTold(call.getTold() + 1) : told;
                told.setLinks(i, link.toBuilder().setTold(hash));
            }
        }
        return told == null ? call : told.build();
    }

    /** The Call-ID that names the call's session; empty while it is linked to none by an asserted link. */
    static String session(String callId, OpenCall call) {
        return call.hasSession() ? of(callId, call).getCallId() : "";
    }

    /** The links as the record has them. */
    static List<Link> records(OpenCall call) {
        return call.getLinksList().stream()
                .map(link -> LinkRules.link(link.getCallId(), LinkRules.rule(link.getRule())))
                .toList();
    }

    private static Session of(String callId, OpenCall call) {
        var own = session(call.getBeginAtUs(), callId);
        return call.hasSession() ? earlier(call.getSession(), own) : own;
    }

    private static Session session(long beginMicros, String callId) {
        return Session.newBuilder().setBeginUs(beginMicros).setCallId(callId).build();
    }

    private static Session earlier(Session one, Session other) {
        return EARLIER.compare(other, one) < 0 ? other : one;
    }

    private static int hash(Session session) {
        return Sightings.fold(Sightings.hash(session.getBeginUs(), session.getCallId()));
    }
}
