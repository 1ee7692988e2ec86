/* SPDX-License-Identifier: Apache-2.0 */
/** Takes HEP packets off the network and puts them on Kafka, keyed by Call-ID, and accounts for every one of them. */
package io.rhapsode.ingest;
