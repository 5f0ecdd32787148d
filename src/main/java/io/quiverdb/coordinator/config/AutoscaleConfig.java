// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.model.GrowthMode;

/**
 * What this member may do by the growth policy while it leads.
 *
 * @param mode the most; the policy may want less
 */
public record AutoscaleConfig(GrowthMode mode) {}
