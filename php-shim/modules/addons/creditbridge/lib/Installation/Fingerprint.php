<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * The place of this installation: system URL, server and database name. A staging copy or a move changes it. Then
 * nothing is sent, run or mailed until an admin says which of the two it is (design §1).
 */
final class Fingerprint
{
    /** @return array{systemUrl: string, server: string, database: string} */
    public static function current(): array
    {
        return [
            'systemUrl' => rtrim(WhmcsSetting::read('SystemURL'), '/'),
            'server' => (string) gethostname(),
            'database' => (string) Capsule::connection()->getDatabaseName(),
        ];
    }

    /** Stores the state `copy-or-move` if the place differs from the settings row. */
    public static function notice(Settings $settings): void
    {
        $state = $settings->text('state');
        $isKnown = in_array($state, [Settings::STATE_COPY, Settings::STATE_COPY_OR_MOVE], true);
        if (!$isKnown && self::differs($settings) && $settings->leave($state, Settings::STATE_COPY_OR_MOVE)) {
            Log::activity('this installation is at another place than before: nothing is sent or run until an admin'
                . ' says on the addon page whether it was moved or copied.');
        }
    }

    /**
     * Stops a copy before it acts.
     *
     * @throws ServiceDown with reason copy-or-move or copy
     */
    public static function guard(Settings $settings): void
    {
        self::notice($settings);
        $state = $settings->text('state');
        if ($state === Settings::STATE_COPY_OR_MOVE || $state === Settings::STATE_COPY) {
            throw new ServiceDown($state, 'This installation was moved or copied; the addon page asks which.');
        }
    }

    public static function differs(Settings $settings): bool
    {
        $stored = $settings->json('fingerprint');
        ksort($stored);
        $current = self::current();
        ksort($current);

        return $stored !== [] && $stored !== $current;
    }
}
