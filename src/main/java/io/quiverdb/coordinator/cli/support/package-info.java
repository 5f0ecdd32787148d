// SPDX-License-Identifier: Apache-2.0
/** The content of a {@code support-bundle}, and the removal of secrets from it. */
@NullMarked
package io.quiverdb.coordinator.cli.support;

import org.jspecify.annotations.NullMarked;
