/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.LinkRule;
import io.rhapsode.stream.state.Leg;
import io.rhapsode.stream.state.OpenCall;
import io.rhapsode.stream.state.Seen;
import io.rhapsode.stream.state.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A call under one of its join keys: all calls of one key meet in {@link LegProcessor}. Where a rule names another call
 * the key is its Call-ID, else the rule and the value.
 */
record LegKey(String key, Leg leg) {

    private static final int MOST_PAIRS = 4;

    /** That of the first INVITE, and of one more: where a B2BUA takes itself out of the media it says so in a re-INVITE. */
    private static final int MOST_MEDIA = 2;

    /** @return none for what is no call, or has nothing that could join it to another */
    static List<LegKey> of(String callId, OpenCall call) {
        if (!CallOutcome.isCall(call)) {
            return List.of();
        }
        var keys = new ArrayList<LegKey>();
        for (Seen key : call.getJoinKeysList()) {
            keys.add(of(callId, call, key));
        }
        Leg leg = leg(callId, call);
        pairs(call).entrySet().stream().limit(MOST_PAIRS).forEach(pairs -> keys.add(byNumbers(leg, pairs)));
        Leg byMedia = leg.toBuilder()
                .setRule(LinkRule.MEDIA_AND_HOST_VALUE)
                .clearMedia()
                .build();
        leg.getMediaList().stream().limit(MOST_MEDIA).forEach(media -> keys.add(new LegKey("media " + media, byMedia)));
        return keys;
    }

    private static LegKey of(String callId, OpenCall call, Seen key) {
        var leg = Leg.newBuilder().setCallId(callId).setRule(key.getPlace()).setBeginUs(call.getBeginAtUs());
        if (key.getPlace() != LinkRule.TRANSFER_VALUE) {
            return new LegKey(key.getText(), leg.build());
        }
        boolean refers = key.getText().startsWith(JoinKeys.REFERS);
        String pair = key.getText().substring(refers ? JoinKeys.REFERS.length() : JoinKeys.REFERRED.length());
        leg.setAtUs(key.getAtUs()).setRefers(refers);
        return new LegKey("transfer " + pair, leg.build());
    }

    private static LegKey byNumbers(Leg leg, Map.Entry<String, Set<String>> pairs) {
        var byNumbers = leg.toBuilder().setRule(LinkRule.NUMBERS_VALUE);
        // Short ones are in the key already.
        pairs.getValue().stream()
                .filter(pair -> !pairs.getValue().equals(Set.of(pairs.getKey())))
                .limit(MOST_PAIRS)
                .forEach(byNumbers::addNumbers);
        return new LegKey("numbers " + pairs.getKey(), byNumbers.build());
    }

    /** A and B number on each hop, by the ends that other forms of them have too: rewritten ones are what the next leg begins with. */
    private static Map<String, Set<String>> pairs(OpenCall call) {
        var pairs = new TreeMap<String, Set<String>>();
        for (Transaction hop : call.getTransactionsList()) {
            if (hop.getMethod().equals("INVITE") && hop.getInitialAtUs() != 0) {
                String a = Subscriber.withoutPrefix(
                        call.hasAsserted() ? call.getAsserted().getText() : hop.getFromUser());
                String b = Subscriber.withoutPrefix(hop.getTargetUser());
                if (!a.isEmpty() && !b.isEmpty()) {
                    pairs.computeIfAbsent(Subscriber.key(a) + " " + Subscriber.key(b), any -> new TreeSet<>())
                            .add(a + " " + b);
                }
            }
        }
        return pairs;
    }

    private static Leg leg(String callId, OpenCall call) {
        Set<String> from = new LinkedHashSet<>();
        Set<String> to = new LinkedHashSet<>();
        for (Seen hop : call.getInviteHopsList()) {
            int space = hop.getText().indexOf(' ');
            from.add(hop.getText().substring(0, space));
            to.add(hop.getText().substring(space + 1));
        }
        // Who only sends it begins the leg, who only gets it ends it; those between are proxies.
        Set<String> ends = new LinkedHashSet<>(to);
        ends.removeAll(from);
        from.removeAll(to);
        var leg = Leg.newBuilder()
                .setCallId(callId)
                .setBeginUs(call.getBeginAtUs())
                .setAtUs(call.getBeginAtUs())
                .addAllOrigins(from)
                .addAllEnds(ends);
        call.getOfferedMediaList().forEach(media -> leg.addMedia(media.getText()));
        return leg.build();
    }

    /** Tells this announcement from others of the same call. One that changes in nothing that rules ask for is the same. */
    int hash() {
        boolean timed = leg.getAtUs() != 0;
        long hash = Sightings.hash(leg.getRule(), key);
        return Sightings.fold(timed ? Sightings.hash(hash, leg.toByteString(), 0) : hash);
    }
}
