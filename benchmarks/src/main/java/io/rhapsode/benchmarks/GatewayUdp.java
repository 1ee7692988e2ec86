/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import picocli.CommandLine.Command;

@Command(
        name = "gateway-udp",
        description = "HEPv3 over UDP into the gateway and Kafka (figure: packets/s without a loss).")
final class GatewayUdp extends GatewayLoad {

    GatewayUdp() {
        super("udp");
    }
}
