/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import io.rhapsode.ingest.account.Account;
import io.rhapsode.ingest.account.NodeMinute;
import io.rhapsode.ingest.sink.KafkaSink;
import io.rhapsode.schema.StageCount;
import io.rhapsode.service.Complaint;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The account of packets that took the way over the disk. A packet counts as received when it leaves the disk, in the
 * minute of its receipt, so whichever run sends it counts it, once. The minute may long be closed: so each time that
 * packets went over the disk has an account of its own, told under a name of its own ("#1", "#2").
 *
 * <p>Counts of all accounts that Kafka has not confirmed are kept in a file, and told by the next run if this one dies.
 */
final class LateCounts {

    private static final Logger LOG = LoggerFactory.getLogger(LateCounts.class);

    private final Path file;
    private final String instance;
    private final Account main;
    private final List<Account> current = new CopyOnWriteArrayList<>();
    private final List<Account> ended = new CopyOnWriteArrayList<>();
    private final Map<StageCount, Boolean> inherited = new ConcurrentHashMap<>();
    private final Complaint unkept = new Complaint();
    private int times;
    private NodeMinute last;
    private long lastMinute;

    LateCounts(Path folder, String instance, Account main) {
        this.file = folder.resolve("counts");
        this.instance = instance;
        this.main = main;
        inherit();
    }

    private void inherit() {
        if (!Files.exists(file)) {
            return;
        }
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            for (StageCount count = StageCount.parseDelimitedFrom(in);
                    count != null;
                    count = StageCount.parseDelimitedFrom(in)) {
                inherited.put(count, false);
            }
        } catch (IOException e) {
            LOG.error("Counts of the last run are lost: {}", e.toString());
        }
    }

    /** Where to count a packet of the spool. On the drain's thread alone. */
    NodeMinute of(Entry entry) {
        long minute = Math.floorDiv(entry.receivedAtMicros(), 60_000_000L);
        if (last == null || minute != lastMinute || !last.node.equals(entry.node())) {
            if (current.isEmpty()) {
                current.add(main.another("#" + ++times));
            }
            last = current.get(0).of(entry.node(), entry.receivedAtMicros());
            lastMinute = minute;
        }
        return last;
    }

    /** Everything that was on the disk has met its fate. */
    void over() {
        last = null;
        ended.addAll(current);
        current.clear();
        forget();
    }

    /** Whether Kafka has confirmed the counts that the last run left. */
    boolean isInheritanceTold() {
        return inherited.isEmpty();
    }

    void publish(KafkaSink to, int atMost, long nowMicros) {
        inherited.forEach((count, handed) -> {
            if (!handed) {
                inherited.put(count, true);
                to.tell(count, (metadata, failure) -> {
                    if (failure == null) {
                        inherited.remove(count);
                    } else {
                        inherited.put(count, false);
                    }
                });
            }
        });
        // No minute of it is over as long as more may come out of the disk.
        current.forEach(account -> account.publish(to, atMost, Long.MIN_VALUE));
        for (Account account : ended) {
            account.publish(to, atMost, nowMicros);
            if (account.size() == 0) {
                ended.remove(account);
            }
        }
    }

    /** Writes what Kafka has not confirmed to the file. */
    void keep() {
        Path written = file.resolveSibling("counts.new");
        try (var out = new BufferedOutputStream(Files.newOutputStream(written))) {
            for (StageCount count : inherited.keySet()) {
                count.writeDelimitedTo(out);
            }
            var unconfirmed = new ArrayList<StageCount>();
            Account.Publisher collect =
                    (of, count, value) -> unconfirmed.add(KafkaSink.stageCount(instance, of, count, value));
            main.unconfirmed(collect);
            current.forEach(account -> account.unconfirmed(collect));
            ended.forEach(account -> account.unconfirmed(collect));
            for (StageCount count : unconfirmed) {
                count.writeDelimitedTo(out);
            }
        } catch (IOException e) {
            complain(e);
            return;
        }
        move(written);
    }

    private void move(Path written) {
        try {
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            complain(e);
        }
    }

    private void complain(IOException e) {
        unkept.again("Counts cannot be kept for the next run: " + e, System.nanoTime())
                .ifPresent(LOG::warn);
    }

    private void forget() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("Counts that were told cannot be deleted: {}", e.toString());
        }
    }
}
