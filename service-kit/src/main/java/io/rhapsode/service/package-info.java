/* SPDX-License-Identifier: Apache-2.0 */
/** What every service has: settings, health, metrics, and the parts of a minute's account. */
package io.rhapsode.service;
