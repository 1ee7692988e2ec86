/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.account;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Every packet's place in the books: counts by capture node and minute, bounded however many nodes a sender invents.
 */
public final class Account {

    /** Who is counted together once there are too many. */
    public static final String OTHER = "other";

    /** Whose packets the kernel dropped before anybody could look at them. */
    public static final String UNKNOWN = "unknown";

    /** While Kafka is away the minutes wait; this many of them keep their nodes. */
    private static final int FULL_MINUTES = 4;

    private static final int WAITING_MINUTES = 10_000;

    private record Place(long minute, String node) {}

    private final Map<Place, NodeMinute> open = new ConcurrentHashMap<>();
    private final Map<Long, AtomicInteger> nodesIn = new ConcurrentHashMap<>();
    private final Map<String, NodeTotals> totals = new ConcurrentHashMap<>();
    private final Consumer<NodeTotals> onNewNode;
    private final Tally total;
    private final int nodes;
    private final String part;
    private volatile long closedThrough = Long.MIN_VALUE;
    private volatile NodeMinute newestOther;
    private Iterator<NodeMinute> round = open.values().iterator();

    /**
     * @param nodes counted by name in a minute
     * @param onNew told of every count of the whole gateway when it begins
     */
    public Account(int nodes, Consumer<Tally.Count> onNew) {
        this(nodes, onNew, node -> {});
    }

    /** @param onNewNode told of every capture node that is counted by name, when its first packet comes */
    public Account(int nodes, Consumer<Tally.Count> onNew, Consumer<NodeTotals> onNewNode) {
        this(nodes, "", new Tally(onNew), onNewNode);
    }

    private Account(int nodes, String part, Tally total, Consumer<NodeTotals> onNewNode) {
        this.nodes = nodes;
        this.part = part;
        this.total = total;
        this.onNewNode = onNewNode;
    }

    /**
     * An account of minutes that may be closed here already; it counts into the same total.
     *
     * @param part sets its counts apart from those of the others
     */
    public Account another(String part) {
        return new Account(nodes, part, total, node -> {});
    }

    /** The counts of the whole gateway since its start. */
    public Tally total() {
        return total;
    }

    /**
     * Where to count a packet of a capture node.
     *
     * @param atMicros time of receipt, microseconds since 1970-01-01 UTC
     */
    public NodeMinute of(String node, long atMicros) {
        return of(node, "", atMicros);
    }

    /** @param site of the node, empty if it has none */
    public NodeMinute of(String node, String site, long atMicros) {
        return of(node, site, atMicros, nodes);
    }

    /**
     * Where to count a datagram nobody could read. Anybody can make up sender addresses, so they get a tenth of the
     * room, and the nodes with a name keep the rest.
     */
    public NodeMinute ofStranger(String address, long atMicros) {
        return of(address, null, atMicros, (nodes + 9) / 10);
    }

    private NodeMinute of(String node, String site, long atMicros, int room) {
        long minute = minute(atMicros);
        NodeMinute known = open.get(new Place(minute, node));
        if (known != null) {
            return known;
        }
        var inMinute = nodesIn.computeIfAbsent(minute, absent -> new AtomicInteger());
        boolean full = inMinute.get() >= room || open.size() >= nodes * (long) FULL_MINUTES;
        return full ? other(minute) : begin(node, site, minute, inMinute);
    }

    private NodeMinute begin(String node, String site, long minute, AtomicInteger inMinute) {
        NodeTotals ofNode = site == null ? null : totals(node, site);
        return open.computeIfAbsent(new Place(minute, node), place -> {
            inMinute.incrementAndGet();
            return new NodeMinute(node, minute, part, total, ofNode);
        });
    }

    private NodeTotals totals(String node, String site) {
        NodeTotals known = totals.get(node);
        if (known != null || totals.size() >= nodes) {
            return known;
        }
        return totals.computeIfAbsent(node, absent -> {
            var begun = new NodeTotals(node, site);
            onNewNode.accept(begun);
            return begun;
        });
    }

    private NodeMinute other(long minute) {
        NodeMinute newest = newestOther;
        if (newest != null
                && (newest.minute == minute || open.size() >= nodes * (long) FULL_MINUTES + WAITING_MINUTES)) {
            return newest;
        }
        newest = open.computeIfAbsent(
                new Place(minute, OTHER), place -> new NodeMinute(OTHER, minute, part, total, null));
        newestOther = newest;
        return newest;
    }

    /** The minute to count in: that of the time, unless the clock went back into one that is closed already. */
    public long minute(long atMicros) {
        long minute = Math.floorDiv(atMicros, 60_000_000L) * 60;
        return Math.max(minute, closedThrough);
    }

    /**
     * Hands the counts that changed to the publisher, at most so many; the next call goes on from there. Closes the
     * minutes that are over and told.
     *
     * @param publisher gets the counts; it sets {@code confirmed} when they have arrived
     * @return how many it handed over
     */
    public int publish(Publisher publisher, int atMost, long nowMicros) {
        int handed = 0;
        for (int i = open.size(); i > 0 && handed < atMost; i--) {
            if (!round.hasNext()) {
                round = open.values().iterator();
                if (!round.hasNext()) {
                    break;
                }
            }
            NodeMinute next = round.next();
            handed += publish(next, publisher);
            closeIfDone(next, nowMicros);
        }
        return handed;
    }

    private static int publish(NodeMinute counted, Publisher publisher) {
        int handed = 0;
        for (Tally.Count count : counted.tally.counts()) {
            long value = count.value();
            if (value != count.published) {
                count.published = value;
                publisher.publish(counted, count, value);
                handed++;
            }
            addUp(counted, count, value);
        }
        if (handed > 0) {
            counted.revision++;
        }
        if (counted.handedRevision != counted.revision) {
            counted.handedRevision = counted.revision;
            publisher.publish(counted, counted.revision);
        }
        return handed;
    }

    private static void addUp(NodeMinute counted, Tally.Count count, long value) {
        counted.totals().ifPresent(ofNode -> {
            ofNode.add(count.outcome, value - count.totalled);
            count.totalled = value;
            counted.leastDelay().ifPresent(delay -> ofNode.observe(counted.minute, delay));
        });
    }

    private void closeIfDone(NodeMinute counted, long nowMicros) {
        // A full minute of grace: a thread that took the time just before the minute's end counts into it just after.
        boolean over = nowMicros / 1_000_000 >= counted.minute + 120;
        // Less than none: of packets that an earlier run told as received, this one tells the rest alone.
        if (over && counted.tally.inFlight() <= 0 && told(counted)) {
            closedThrough = Math.max(closedThrough, counted.minute + 60);
            open.remove(new Place(counted.minute, counted.node), counted);
            nodesIn.keySet().removeIf(minute -> minute < closedThrough - 60);
        }
    }

    private static boolean told(NodeMinute counted) {
        return counted.confirmedRevision == counted.revision
                && counted.tally.counts().stream().allMatch(count -> count.confirmed == count.value());
    }

    /** Hands over the counts that have not arrived where they are kept, as far as one knows, and changes nothing. */
    public void unconfirmed(Publisher to) {
        for (NodeMinute counted : open.values()) {
            for (Tally.Count count : counted.tally.counts()) {
                long value = count.value();
                if (count.confirmed != value) {
                    to.publish(counted, count, value);
                }
            }
        }
    }

    /** Packets, and bytes, that an earlier run received and left to this one: they are in the total alone. */
    public void found(long packets, long bytes) {
        total.received.add(packets);
        total.bytes.add(bytes);
        total.spooled.add(packets);
    }

    /** How many node-minutes are open. */
    public int size() {
        return open.size();
    }

    /** Takes a count, with the value it has now, to where it is kept. */
    public interface Publisher {
        void publish(NodeMinute of, Tally.Count count, long value);

        /** Takes the minute as a whole; {@link NodeMinute#told} is to be called with the same revision. */
        default void publish(NodeMinute of, long revision) {
            of.told(revision, true);
        }
    }
}
