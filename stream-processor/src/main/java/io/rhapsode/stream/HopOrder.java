/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import io.rhapsode.schema.SipMessage;
import io.rhapsode.stream.state.Transaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which requests of one Call-ID went from hop to hop. It is that of the protocol, since the clocks of capture
 * agents differ by more than a proxy takes: each proxy adds a Via and counts Max-Forwards down (RFC 3261 section 16.6).
 * Capture time decides where those are the same: between the branches of a fork, say, and between who calls.
 *
 * <p>Vias are compared only where the last one is the same. A back-to-back user agent, and a proxy that hides topology, begins
 * anew with one; if it keeps Call-ID, tag and CSeq, Max-Forwards tells which side is which. Record-Route adds nothing:
 * who is in it has added a Via as well.
 */
final class HopOrder {

    private static final Comparator<Transaction> BY_BEGIN = Comparator.comparingLong(HopOrder::begin)
            .thenComparingInt(Transaction::getCseq)
            .thenComparing(Transaction::getFromTag)
            .thenComparing(Transaction::getBranch);

    private static final Comparator<Hop> BY_WAY = Comparator.comparingInt(Hop::caller)
            .thenComparingInt(hop -> hop.request().getCseq())
            .thenComparingInt(hop -> -hop.forwards())
            .thenComparingInt(Hop::client)
            .thenComparingInt(hop -> hop.request().getVias());

    /** Nearer to the caller than any other: the first proxy adds a Max-Forwards where there is none (section 16.6, step 3). */
    private static final int NO_MAX_FORWARDS = 256;

    /**
     * @param caller which From tag came first, second and so on
     * @param client which last Via of the same request, likewise
     * @param forwards the highest Max-Forwards with that last Via
     */
    private record Hop(Transaction request, int caller, int client, int forwards) {}

    private static final int MOST_VIAS = 255;

    private HopOrder() {}

    /** How far from the caller a request was seen, as one number: the less, the nearer. */
    static int distance(SipMessage request) {
        int forwards = request.hasMaxForwards() ? request.getMaxForwards() : NO_MAX_FORWARDS;
        return NO_MAX_FORWARDS - forwards << 8 | Math.min(request.getViaCount(), MOST_VIAS);
    }

    /** Keeps what tells the place of a request; of several under one branch, which ought not to be, the nearest to the caller. */
    static void add(Transaction.Builder hop, SipMessage request) {
        var place = Transaction.newBuilder();
        if (request.hasMaxForwards()) {
            place.setMaxForwards(request.getMaxForwards());
        }
        int vias = request.getViaCount();
        if (vias > 1) {
            place.setVias(vias).setClient(client(request.getVia(vias - 1).getBranch()));
        }
        boolean first = hop.getInitialAtUs() == 0 && hop.getInDialogAtUs() == 0;
        if (first || isNearer(place, hop)) {
            hop.clearMaxForwards().clearVias().clearClient().mergeFrom(place.buildPartial());
        }
    }

    private static boolean isNearer(Transaction.Builder place, Transaction.Builder than) {
        int byForwards = Integer.compare(forwards(than.build()), forwards(place.build()));
        int byVias = byForwards != 0 ? byForwards : Integer.compare(place.getVias(), than.getVias());
        return byVias < 0 || byVias == 0 && place.getClient() < than.getClient();
    }

    /** Sorts: by who calls, then by CSeq, then from hop to hop. */
    static void sort(List<Transaction> requests) {
        if (requests.size() < 2) {
            return;
        }
        requests.sort(BY_BEGIN);
        int[] clients = requests.stream().mapToInt(HopOrder::client).toArray();
        var hops = new ArrayList<Hop>(clients.length);
        for (int i = 0; i < clients.length; i++) {
            hops.add(hop(requests, clients, i));
        }
        hops.sort(BY_WAY);
        for (int i = 0; i < clients.length; i++) {
            requests.set(i, hops.get(i).request());
        }
    }

    private static Hop hop(List<Transaction> byTime, int[] clients, int index) {
        var request = byTime.get(index);
        int caller = index;
        int client = index;
        int forwards = forwards(request);
        for (int i = 0; i < clients.length; i++) {
            var other = byTime.get(i);
            if (other.getFromTag().equals(request.getFromTag())) {
                caller = Math.min(caller, i);
                if (other.getCseq() == request.getCseq() && clients[i] == clients[index]) {
                    client = Math.min(client, i);
                    forwards = Math.max(forwards, forwards(other));
                }
            }
        }
        return new Hop(request, caller, client, forwards);
    }

    /** True if the one hop of a request is known to be farther from the caller than the other. */
    static boolean isBehind(Transaction one, Transaction other) {
        if (begin(one) == 0 || begin(other) == 0) {
            return false;
        }
        return client(one) == client(other)
                ? one.getVias() > other.getVias()
                : one.hasMaxForwards() && forwards(one) < forwards(other);
    }

    /** The first sighting of the request, microseconds since 1970-01-01 UTC; 0 if only replies were seen. */
    static long begin(Transaction request) {
        return CallAggregator.earliest(request.getInitialAtUs(), request.getInDialogAtUs());
    }

    private static int forwards(Transaction request) {
        return request.hasMaxForwards() ? request.getMaxForwards() : NO_MAX_FORWARDS;
    }

    /** Whose Via is the last one; the only one is that of the branch, and is not kept twice. */
    private static int client(Transaction request) {
        return request.getVias() > 1 ? request.getClient() : client(request.getBranch());
    }

    private static int client(String branch) {
        return Sightings.fold(Sightings.hash(0, branch));
    }
}
