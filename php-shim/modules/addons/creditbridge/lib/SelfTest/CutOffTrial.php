<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * A trial whose process died. Cron and worker look for it, and the Connection page shows it; it is cleaned up once, by
 * whoever may act.
 */
final class CutOffTrial
{
    /** Cleaning up that itself dies so often is left to an admin. */
    const TRIES = 3;

    /** What the Connection page says of a trial without a verdict; '' if there is none. */
    public static function sentence(Settings $settings): string
    {
        $trial = TrialRecord::open($settings);
        if ($trial === null) {
            return '';
        }
        $found = (new TrialRemains($trial, ''))->found();
        $obstacle = self::obstacle($settings);

        return 'The trial with client ' . $trial->clientId . ' that began at ' . $trial->begunAt
            . ' UTC has no verdict: it is under way, or PHP died during it. '
            . ($found === [] ? 'Nothing of it is left in WHMCS.' : 'In WHMCS there is now: ' . implode('; ', $found) . '.')
            . ' ' . ($obstacle === '' ? 'Cron and worker clean up, or press Clean up now.'
                : 'It is not cleaned up yet: ' . $obstacle);
    }

    /**
     * Cleans up after a trial that no process is carrying out, and stores that it did not pass.
     *
     * @return string what was found and done, in words; '' if no trial was cut off or nothing may be done now
     */
    public static function cleanUp(Settings $settings): string
    {
        if (TrialRecord::open($settings) === null || self::obstacle($settings) !== '') {
            return '';
        }
        $trial = TrialRecord::take($settings);
        if ($trial === null) {
            return '';
        }
        try {
            return self::conclude($settings, $trial);
        } finally {
            TrialRecord::release($settings);
        }
    }

    private static function conclude(Settings $settings, TrialRecord $trial): string
    {
        $remains = new TrialRemains($trial, $settings->text('acting_admin'));
        $found = $remains->found();
        $left = ['Cleaning up was interrupted ' . self::TRIES . ' times; please put it right by hand.'];
        if ($trial->cleanUps < self::TRIES) {
            $trial->cleanUps++;
            $trial->store($settings);
            $left = Running::during($trial->id, static function () use ($remains): array {
                return $remains->cleanUp();
            });
        }
        $reason = 'PHP died during the trial with client ' . $trial->clientId . '. '
            . ($found === [] ? 'It left nothing behind.' : 'It left behind: ' . implode('; ', $found) . '.')
            . ($found !== [] && $left === [] ? ' All of it was cleaned up.' : '');
        $details = ['client' => $trial->clientId, 'found' => $found, 'left' => $left];
        Audit::recorded(Audit::SHIM, 'trial-cut-off', $details, static function () use ($settings, $trial, $reason, $left): bool {
            Verdicts::store($settings, $trial->kind, [
                'reason' => $reason,
                'left' => implode(' ', $left),
            ]);
            return true;
        });
        Log::activity(trim($reason . ' ' . implode(' ', $left)));

        return trim($reason . ' ' . implode(' ', $left));
    }

    /** Why nothing may be cleaned up now; '' if it may. A copy or a restored database must not move credit. */
    private static function obstacle(Settings $settings): string
    {
        if (Database::inTransaction() || Running::commandId() !== '') {
            return 'WHMCS has a transaction open.';
        }
        if (Fingerprint::notice($settings) !== Fingerprint::HOME) {
            return 'it is not known whether this WHMCS was moved or copied.';
        }
        if ($settings->isHalted() || $settings->isFrozen()) {
            return 'everything is ' . ($settings->isFrozen() ? 'frozen.' : 'halted.');
        }
        return ActingAdmin::problem($settings->text('acting_admin'));
    }
}
