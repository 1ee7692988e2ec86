/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.admission;

import io.rhapsode.service.Mistakes;
import io.rhapsode.service.Settings;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * Who may send, and how the senders show in the figures.
 *
 * @param networks that may send at all; empty for all
 * @param agentsFile empty for none
 * @param site of the agents that have none of their own
 * @param meteredNodes capture nodes with figures of their own in the metrics
 */
public record AdmissionConfig(List<String> networks, String agentsFile, String site, int meteredNodes) {

    /** Adds the settings. */
    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        "RHAPSODE_HEP_NETWORKS",
                        Type.STRING,
                        "",
                        Importance.HIGH,
                        "Networks that may send (10.1.0.0/16,2001:db8::/32); empty for all")
                .define(
                        "RHAPSODE_AGENTS",
                        Type.STRING,
                        "",
                        Importance.HIGH,
                        "Properties file with the agents that may send, see below; read again when it changes; empty lets"
                                + " everybody send")
                .define(
                        "RHAPSODE_SITE",
                        Type.STRING,
                        "",
                        Importance.MEDIUM,
                        "Site of the packets whose agent has none of its own")
                .define(
                        "RHAPSODE_INGEST_METRIC_NODES",
                        Type.INT,
                        100,
                        Range.between(0, 10_000),
                        Importance.LOW,
                        "Capture nodes with figures of their own in /metrics, the first that come; all are on"
                                + " rhapsode.ingest-stats.v1");
    }

    /** @throws IllegalArgumentException naming every mistake in the networks and the file, and no secret */
    public static AdmissionConfig read(Settings settings) {
        var config = new AdmissionConfig(
                List.of(settings.text("RHAPSODE_HEP_NETWORKS").split(",")),
                settings.text("RHAPSODE_AGENTS"),
                settings.text("RHAPSODE_SITE"),
                settings.number("RHAPSODE_INGEST_METRIC_NODES"));
        var mistakes = new Mistakes();
        mistakes.note("RHAPSODE_HEP_NETWORKS", () -> Agents.from(config.networks));
        mistakes.note(() -> AgentsFile.read(config.agentsFile, Agents.ANYBODY));
        mistakes.refuse();
        return config;
    }

    /** @throws IllegalArgumentException naming every mistake in the file, and no secret */
    public AgentsFile open() {
        return AgentsFile.open(agentsFile, networks);
    }
}
