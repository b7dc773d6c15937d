<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Command\Ceilings;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\DatabaseFault;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Installation\Pairing;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Books;
use WHMCS\Module\Addon\Creditbridge\SelfTest\CutOffTrial;
use WHMCS\Module\Addon\Creditbridge\SelfTest\SharedConnection;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Trial;
use WHMCS\Module\Addon\Creditbridge\SelfTest\TrialInvoice;
use WHMCS\Module\Addon\Creditbridge\SelfTest\TrialReturn;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Work\Round;

/**
 * The acts of the connection panel: a fixed list. None is forwarded to the service.
 */
final class PanelActions
{
    const SESSION = 'creditbridge_notice';
    const WHOLE_ADDON = [Viewer::FULL_ADMIN];
    /** WHMCS asks for the second one where this setting stands. */
    const WHMCS_SETTING = [Viewer::FULL_ADMIN, Viewer::SETS_WHMCS];
    /** Every act, and the permissions that it needs. What stands here is checked, and docs/rights.md is made of it. */
    const RIGHTS = [
        'pair' => self::WHOLE_ADDON,
        'self-test' => self::WHOLE_ADDON,
        'freeze' => self::WHOLE_ADDON,
        'unfreeze' => self::WHOLE_ADDON,
        'moved' => self::WHOLE_ADDON,
        'copied' => self::WHOLE_ADDON,
        'turn-on' => self::WHOLE_ADDON,
        'take-over' => self::WHMCS_SETTING,
        'give-back' => self::WHMCS_SETTING,
        'show-secrets' => self::WHOLE_ADDON,
        'rotate' => self::WHOLE_ADDON,
        'finish-rotation' => self::WHOLE_ADDON,
        'take-rotation-back' => self::WHOLE_ADDON,
        'settle-done' => [Viewer::MANAGES_CREDIT],
        'settle-not-done' => [Viewer::MANAGES_CREDIT],
        'freeze-client' => self::WHOLE_ADDON,
        'unfreeze-client' => self::WHOLE_ADDON,
        'save-ceilings' => self::WHOLE_ADDON,
        'remove-host' => self::WHOLE_ADDON,
        'readopt' => self::WHOLE_ADDON,
        'continue' => self::WHOLE_ADDON,
        'trial' => self::WHOLE_ADDON,
        'trial-return' => self::WHOLE_ADDON,
        'trial-clean-up' => self::WHOLE_ADDON,
    ];

    /** @var Settings */
    private $settings;
    /** @var array */
    private $viewer;

    public function __construct(Settings $settings, array $viewer)
    {
        $this->settings = $settings;
        $this->viewer = $viewer;
    }

    /** The message of the act before the redirect. */
    public function remembered(): string
    {
        $notice = $_SESSION[self::SESSION] ?? null;
        unset($_SESSION[self::SESSION]);

        return is_array($notice) ? Html::flash($notice[0], $notice[1]) : '';
    }

    /**
     * Carries out a POST whose token was checked. Returns HTML to show at once, or '' after storing a message for the
     * next page.
     */
    public function handle(string $act, array $form): string
    {
        $needed = self::RIGHTS[$act] ?? self::WHOLE_ADDON;
        if (!self::mayDo($act, $this->viewer['permissions'])) {
            Audit::refused($this->viewer['adminId'], $act, implode(' and ', $needed));
            return Html::flash('bad', 'This needs the permission ' . implode(' and ', $needed) . '.');
        }
        if ($act === 'show-secrets') {
            $this->audit('secrets-show');
            try {
                // Stored neither in the session nor in any log.
                return $this->secrets();
            } catch (Declined $why) {
                return Html::flash('bad', $why->getMessage());
            }
        }
        try {
            $_SESSION[self::SESSION] = ['good', $this->act($act, $form)];
        } catch (Declined $why) {
            $_SESSION[self::SESSION] = ['bad', $why->getMessage()];
        } catch (Throwable $fault) {
            Log::fault('connection panel: ' . $act, $fault);
            $_SESSION[self::SESSION] = ['bad', DatabaseFault::words($fault)];
        }
        return '';
    }

    /** @param string[] $permissions of the admin's role */
    public static function mayDo(string $act, array $permissions): bool
    {
        return array_diff(self::RIGHTS[$act] ?? self::WHOLE_ADDON, $permissions) === [];
    }

    private function act(string $act, array $form): string
    {
        switch ($act) {
            case 'pair':
                return $this->pair();
            case 'self-test':
                return $this->selfTest(self::clientId($form));
            case 'freeze':
                $this->switchFrozen('freeze', 1);
                return 'Everything is frozen: no command is run until you unfreeze.';
            case 'unfreeze':
                $this->switchFrozen('unfreeze', 0);
                return 'Commands run again.';
            case 'moved':
                Pairing::moved($this->settings, $this->actor());
                return 'Noted. ' . $this->pair();
            case 'copied':
                Pairing::copied($this->settings, $this->actor());
                return 'This copy stays off. It now has its own secrets, and the original\'s unfinished work was dropped here.';
            case 'turn-on':
                Pairing::turnOn($this->settings, $this->actor());
                return 'Turned on. Set the URL of this copy\'s own service, then test the connection.';
            case 'take-over':
                AutomaticUse::takeOver($this->settings, $this->actor());
                return 'Automatic Credit Use is off; Credit Bridge decides when credit is applied.';
            case 'give-back':
                AutomaticUse::giveBack($this->settings, 'an admin gave it back.', $this->actor());
                return 'Automatic Credit Use is as it was before.';
            case 'rotate':
                Secrets::prepareNext($this->actor());
                return 'New secrets were created. Old and new ones are used until you finish the rotation.';
            case 'finish-rotation':
                $this->demandSecrets(Secrets::NEXT);
                Secrets::promoteNext($this->actor());
                return 'The service has the new secrets, and the old ones are no longer accepted. Press Show the secrets again'
                    . ' and give the service those lines.';
            case 'take-rotation-back':
                $this->demandSecrets(Secrets::CURRENT);
                Secrets::dropNext($this->actor());
                return 'The old secrets go on, and the new ones are forgotten. Press Show the secrets again and give the'
                    . ' service those lines.';
            case CommandsInDoubt::DONE:
            case CommandsInDoubt::NOT_DONE:
                $id = is_string($form['command'] ?? null) ? $form['command'] : '';
                $row = is_string($form['creditlog'] ?? null) ? $form['creditlog'] : '';
                return CommandsInDoubt::settle($id, $act === CommandsInDoubt::DONE, $this->viewer['adminId'], $row);
            case 'freeze-client':
                return FrozenClients::freeze(self::clientId($form), self::reason($form), $this->viewer['adminId']);
            case 'unfreeze-client':
                return FrozenClients::unfreeze(self::clientId($form), self::reason($form), $this->viewer['adminId']);
            case 'save-ceilings':
                $currency = is_string($form['currency'] ?? null) ? (int) $form['currency'] : 0;
                $figures = array_intersect_key($form, CeilingsCard::LABELS);
                return Ceilings::save($currency, $figures, $this->viewer['adminId']);
            case 'remove-host':
                $side = is_string($form['side'] ?? null) ? $form['side'] : '';
                $name = is_string($form['name'] ?? null) ? $form['name'] : '';
                return HostsCard::remove($side, $name, $this->actor());
            case HaltQuestion::READOPT:
            case HaltQuestion::CONTINUE_AS_IS:
                return HaltQuestion::answer($act, $this->viewer['adminId']);
            case 'trial':
                return $this->trial(new TrialInvoice($this->settings), $act, self::clientId($form));
            case 'trial-return':
                return $this->trial(new TrialReturn($this->settings), $act, self::clientId($form));
            case 'trial-clean-up':
                $this->audit('trial-clean-up');
                return CutOffTrial::cleanUp($this->settings) ?: 'No trial was cut off: there is nothing to clean up.';
            default:
                return 'Unknown act: nothing was done.';
        }
    }

    /**
     * The secrets that are to stay must be the service's, or it would be locked out.
     *
     * @throws Declined with what is missing
     */
    private function demandSecrets(string $position): void
    {
        if (!Secrets::isRotating()) {
            throw new Declined('No rotation is in progress.');
        }
        $missing = (new Service($this->settings))->lacks($position);
        if ($missing !== '') {
            throw new Declined('Nothing was changed: the service would be locked out. ' . $missing
                . ' Press Show the secrets, give the service both lines as they stand, restart it, and try again.');
        }
    }

    private function trial(Trial $trial, string $act, int $client): string
    {
        // What a trial that was cut off left behind would look like a part of the next one.
        CutOffTrial::cleanUp($this->settings);
        $this->audit($act, 'client:' . $client);

        return $trial->run($client);
    }

    private function switchFrozen(string $act, int $frozen): void
    {
        Audit::recorded($this->actor(), $act, [], function () use ($frozen): bool {
            $this->settings->write(['frozen' => $frozen]);
            return true;
        });
    }

    private function actor(): string
    {
        return Audit::admin($this->viewer['adminId']);
    }

    private function audit(string $act, string $target = Audit::INSTALLATION, array $details = []): void
    {
        Audit::byAdmin($this->viewer['adminId'], $act, $target, $details);
    }

    private static function reason(array $form): string
    {
        return is_string($form['reason'] ?? null) ? $form['reason'] : '';
    }

    private static function clientId(array $form): int
    {
        return is_string($form['client'] ?? null) && preg_match('/^\d{1,9}$/D', trim($form['client'])) === 1
            ? (int) $form['client'] : 0;
    }

    private function pair(): string
    {
        Secrets::make();
        $service = new Service($this->settings);
        $service->breaker()->reset();
        (new Pairing($this->settings, $service))->pair();
        $this->audit('pair');
        (new Round($this->settings))->work(Clock::seconds() + Limits::AFTER_POST_SECONDS);

        return 'Connected: addon and service see the same database and accept each other\'s signatures.';
    }

    private function selfTest(int $testClient): string
    {
        Snapshot::remember($this->settings, 'testClient', $testClient === 0 ? null : $testClient);
        Snapshot::remember($this->settings, 'books', Books::look());
        $measured = SharedConnection::measure($this->settings);
        $this->audit('self-test', Audit::INSTALLATION, ['sharedConnection' => $measured]);
        ActingAdmin::forget();
        $problem = ActingAdmin::problem($this->settings->text('acting_admin'));

        if ($measured === null) {
            return 'Another module has a transaction open on this page: nothing can be measured.';
        }
        return ($measured
            ? 'localAPI writes on WHMCS\'s own connection: AddCredit runs in one transaction with its command. Measured with '
                . $this->settings->json('whmcs')['measuredWith'] . '.'
            : 'localAPI does not share the connection (or a table is not InnoDB): interrupted commands are'
                . ' settled by comparison.')
            . ' ' . ($problem === '' ? 'The acting admin may act.' : $problem);
    }

    private function secrets(): string
    {
        Secrets::make();
        $lines = [];
        foreach (Secrets::NAMES as $direction => $name) {
            $lines[] = $name . '=' . implode(',', Secrets::of($direction));
        }
        return Html::card('For the settings of the service', '<p class="cb-help">Anybody who has these secrets can move'
            . ' credit. During a rotation each line is new,old.</p><pre class="cb-code">'
            . Html::escape(implode("\n", $lines)) . '</pre>');
    }
}
