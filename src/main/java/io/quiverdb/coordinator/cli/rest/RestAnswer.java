// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A successful answer of a member.
 *
 * @param text the unchanged body
 * @param json the body, parsed
 */
public record RestAnswer(String text, JsonNode json) {}
