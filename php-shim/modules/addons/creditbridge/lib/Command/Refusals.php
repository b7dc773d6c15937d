<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

/**
 * WHMCS's refusals in English (whmcs.md §3.2, documented errors). The only place that decides by a message's text.
 */
final class Refusals
{
    /** The facts changed since the decision; the rule may decide again. */
    const STALE = [
        'invoice id not found',
        'invoice not in unpaid status',
        'amount exceeds customer credit balance',
        'amount exceeds invoice balance',
        'client id not found',
        'invoice not found or not unpaid',
    ];

    /** The outcome of a refused command, with WHMCS's message. */
    public static function outcome(array $answer): Outcome
    {
        $message = (string) ($answer['message'] ?? 'WHMCS refused without a message.');

        return new Outcome(self::state($message), $message, $answer);
    }


    /** `stale` or `refused`. */
    public static function state(string $message): string
    {
        $lower = strtolower($message);
        foreach (self::STALE as $text) {
            if (strpos($lower, $text) !== false) {
                return Command::STALE;
            }
        }
        return Command::REFUSED;
    }
}
