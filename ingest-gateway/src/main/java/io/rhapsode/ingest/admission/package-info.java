/* SPDX-License-Identifier: Apache-2.0 */
/** Who may send: networks, keys and certificates, and the names the configuration gives to those who are let in. */
package io.rhapsode.ingest.admission;
