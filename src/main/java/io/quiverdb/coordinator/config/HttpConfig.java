// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

/**
 * The REST surface.
 *
 * @param listen plain HTTP: routers speak nothing else
 */
public record HttpConfig(HostPort listen) {}
