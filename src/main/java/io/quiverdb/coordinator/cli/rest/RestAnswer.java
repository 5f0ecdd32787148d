// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a member answered, with success.
 *
 * @param text the body as it came
 * @param json the body, parsed
 */
public record RestAnswer(String text, JsonNode json) {}
