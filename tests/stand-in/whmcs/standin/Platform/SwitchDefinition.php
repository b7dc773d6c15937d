<?php

declare(strict_types=1);

namespace StandIn\Platform;

/** One switch: its positions (none: free text), the default on 8.x and on 9.x, and the unknown it stands for. */
final class SwitchDefinition
{
    /** @param list<string> $positions */
    public function __construct(
        public readonly string $name,
        public readonly array $positions,
        public readonly string $default,
        public readonly string $defaultOnNine,
        public readonly string $unknown,
    ) {
    }
}
