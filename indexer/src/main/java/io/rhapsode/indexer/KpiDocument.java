/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rhapsode.schema.Indices;
import io.rhapsode.schema.Kpi;
import io.rhapsode.schema.KpiFigures;
import java.util.Map;
import java.util.TreeMap;

/**
 * One document a record of key figures, its newest revision, fields as in the template {@link Indices#KPIS}. The maps
 * are lists of which the first has the keys and the second, in the same order, the counts.
 */
final class KpiDocument {

    private KpiDocument() {}

    static void write(byte[] value, JsonBytes json, IndexNames names) throws InvalidProtocolBufferException {
        var kpi = Kpi.parseFrom(value);
        long minute = kpi.getMinuteS() * 1_000_000;
        long met = kpi.getPart() == 0 ? minute : kpi.getPart() * 1_000_000;
        String id = Document.idPart(KpiFigures.key(kpi));
        Document.action(json, names.of(Indices.KPIS, minute, met), id, kpi.getRevision(), "external");
        json.object().time("@timestamp", minute);
        json.object("rhapsode").object("kpi").text("dimension", kpi.getDimension());
        json.text("value", kpi.getValue());
        if (kpi.getPart() != 0) {
            json.time("part", met);
        }
        calls(json, kpi);
        registrations(json, kpi);
        json.number("others", kpi.getOthers())
                .number("messages", kpi.getMessages())
                .number("retransmissions", kpi.getRetransmissions())
                .number("further_sightings", kpi.getFurtherSightings())
                .number("duplicates", kpi.getDuplicates());
        figures(json, kpi);
        json.end().end().end().newline();
    }

    private static void calls(JsonBytes json, Kpi kpi) {
        json.number("attempts", kpi.getAttempts())
                .number("pending", kpi.getPending())
                .number("answered", kpi.getAnswered())
                .number("left_out", kpi.getLeftOut())
                .number("effective", kpi.getEffective())
                .number("ineffective", kpi.getIneffective())
                .number("delivered", kpi.getDelivered())
                .number("cancelled", kpi.getCancelled())
                .number("unanswered", kpi.getUnanswered())
                .number("partly_seen", kpi.getPartlySeen())
                .number("durations", kpi.getDurations())
                .number("duration_ms", kpi.getDurationMs())
                .number("pdd_ms", kpi.getPddMs());
        map(json, "final_codes", "code", kpi.getFinalCodesMap());
        map(json, "pdd_histogram", "from_ms", kpi.getPddHistogramMap());
    }

    private static void registrations(JsonBytes json, Kpi kpi) {
        json.number("registrations", kpi.getRegistrations())
                .number("registrations_pending", kpi.getRegistrationsPending())
                .number("registrations_succeeded", kpi.getRegistrationsSucceeded())
                .number("registration_delays", kpi.getRegistrationDelays())
                .number("registration_delay_ms", kpi.getRegistrationDelayMs());
        map(json, "registration_codes", "code", kpi.getRegistrationCodesMap());
    }

    private static void map(JsonBytes json, String name, String key, Map<Integer, Long> counts) {
        var sorted = new TreeMap<>(counts);
        json.object(name).list(key);
        sorted.keySet().forEach(json::number);
        json.endList().list("count");
        sorted.values().forEach(json::number);
        json.endList().end();
    }

    private static void figures(JsonBytes json, Kpi kpi) {
        figure(json, "ser_percent", kpi.hasSerPercent(), kpi.getSerPercent());
        figure(json, "seer_percent", kpi.hasSeerPercent(), kpi.getSeerPercent());
        figure(json, "isa_percent", kpi.hasIsaPercent(), kpi.getIsaPercent());
        figure(json, "asr_percent", kpi.hasAsrPercent(), kpi.getAsrPercent());
        figure(json, "ner_percent", kpi.hasNerPercent(), kpi.getNerPercent());
        figure(json, "acd_ms", kpi.hasAcdMs(), kpi.getAcdMs());
        figure(json, "registration_percent", kpi.hasRegistrationPercent(), kpi.getRegistrationPercent());
        figure(json, "rrd_ms", kpi.hasRrdMs(), kpi.getRrdMs());
        figure(json, "retransmission_percent", kpi.hasRetransmissionPercent(), kpi.getRetransmissionPercent());
        if (kpi.hasPddP50Ms()) {
            json.number("pdd_p50_ms", kpi.getPddP50Ms())
                    .number("pdd_p90_ms", kpi.getPddP90Ms())
                    .number("pdd_p95_ms", kpi.getPddP95Ms())
                    .number("pdd_p99_ms", kpi.getPddP99Ms());
        }
    }

    private static void figure(JsonBytes json, String name, boolean known, double value) {
        if (known) {
            json.decimal(name, value);
        }
    }
}
