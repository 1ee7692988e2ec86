/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.rhapsode.schema.Delays;
import io.rhapsode.schema.Kpi;
import io.rhapsode.stream.state.Amounts;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a {@link Kpi} counts, as numbers by slot: of one call, of a minute, or the difference of two. A slot is a
 * {@link Count}, a final code or a bucket of delays; one whose number is 0 is not there.
 */
final class KpiCounts {

    /** The counts that have a field each. Their places here are in the state stores: new ones go to the end. */
    enum Count {
        ATTEMPTS,
        PENDING,
        ANSWERED,
        LEFT_OUT,
        EFFECTIVE,
        INEFFECTIVE,
        DELIVERED,
        CANCELLED,
        UNANSWERED,
        PARTLY_SEEN,
        DURATIONS,
        DURATION_MS,
        PDD_MS,
        REGISTRATIONS,
        REGISTRATIONS_PENDING,
        REGISTRATIONS_SUCCEEDED,
        REGISTRATION_DELAYS,
        REGISTRATION_DELAY_MS,
        OTHERS,
        MESSAGES,
        RETRANSMISSIONS,
        FURTHER_SIGHTINGS,
        DUPLICATES
    }

    private static final List<FieldDescriptor> FIELDS = Stream.of(Count.values())
            .map(count -> Kpi.getDescriptor().findFieldByName(count.name().toLowerCase(Locale.ROOT)))
            .toList();

    private static final int CODES = 1_000;
    private static final int REGISTRATION_CODES = 2_000;
    private static final int DELAYS = 10_000;

    /** Codes are from 100 to 699 (RFC 3261 section 7.2). */
    private static final int LAST_CODE = 699;

    private final Map<Integer, Long> amounts = new TreeMap<>();

    void add(Count count, long amount) {
        add(count.ordinal(), amount);
    }

    void add(Count count, boolean counts) {
        add(count.ordinal(), counts ? 1 : 0);
    }

    /** A final code of a call; 0 is none. */
    void addCode(int code) {
        add(CODES + known(code), code == 0 ? 0 : 1);
    }

    /** A final code of a registration; 0 is none. */
    void addRegistrationCode(int code) {
        add(REGISTRATION_CODES + known(code), code == 0 ? 0 : 1);
    }

    private static int known(int code) {
        return code >= 100 && code <= LAST_CODE ? code : 0;
    }

    void addPostDialDelay(long millis) {
        add(Count.PDD_MS, millis);
        add(DELAYS + Delays.bucket(millis), 1);
    }

    KpiCounts add(Amounts other) {
        return add(other, 1);
    }

    KpiCounts subtract(Amounts other) {
        return add(other, -1);
    }

    private KpiCounts add(Amounts other, int sign) {
        for (int i = 0; i < other.getSlotCount(); i++) {
            add(other.getSlot(i), sign * other.getAmount(i));
        }
        return this;
    }

    private void add(int slot, long amount) {
        if (amount != 0 && amounts.merge(slot, amount, Long::sum) == 0) {
            amounts.remove(slot);
        }
    }

    boolean isEmpty() {
        return amounts.isEmpty();
    }

    /** Always the same for the same numbers. */
    Amounts amounts() {
        var written = Amounts.newBuilder();
        amounts.forEach((slot, amount) -> written.addSlot(slot).addAmount(amount));
        return written.build();
    }

    void addTo(Kpi.Builder kpi) {
        amounts.forEach((slot, amount) -> {
            if (slot >= DELAYS) {
                kpi.putPddHistogram(slot - DELAYS, amount);
            } else if (slot >= REGISTRATION_CODES) {
                kpi.putRegistrationCodes(slot - REGISTRATION_CODES, amount);
            } else if (slot >= CODES) {
                kpi.putFinalCodes(slot - CODES, amount);
            } else {
                kpi.setField(FIELDS.get(slot), amount);
            }
        });
    }
}
