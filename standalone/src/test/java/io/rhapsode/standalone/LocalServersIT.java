/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import org.junit.jupiter.api.extension.ExtendWith;

/** On the servers that {@code ./rhapsode up} starts. */
@ExtendWith(StandaloneExtension.class)
class LocalServersIT implements WholeWayContract {

    private final RunningStandalone rhapsode;

    LocalServersIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    @Override
    public int hepPort() {
        return rhapsode.hepPort();
    }

    @Override
    public JsonClient api() {
        return rhapsode.api();
    }
}
