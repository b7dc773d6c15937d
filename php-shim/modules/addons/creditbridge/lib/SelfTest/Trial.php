<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Tries what nobody documents, with an invoice of 0.02 and 0.01 of credit for a test client. It leaves rows in the books, so
 * only an admin who was told about them begins it.
 */
abstract class Trial
{
    const TOTAL = '0.02';
    const CREDIT = '0.01';

    /** @var Settings */
    protected $settings;
    /** @var string */
    protected $admin;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
        $this->admin = $settings->text('acting_admin');
    }

    /**
     * Runs the trial, cleans up, and stores the verdict in settings.trial.
     *
     * @return string the verdict in words
     * @throws RuntimeException if the trial cannot start
     */
    final public function run(int $clientId): string
    {
        $this->prepare();
        // The self-test measures AddCredit with the same client.
        Snapshot::remember($this->settings, 'testClient', $clientId);
        $trial = TrialRecord::begin($this->settings, $clientId, $this->kind());
        try {
            // Hooks that fire during the trial are deferred, as during a command.
            return Running::during($trial->id, function () use ($trial): string {
                return $this->carryOut($trial);
            });
        } finally {
            TrialRecord::release($this->settings);
        }
    }

    /** One of the kinds of Verdicts. */
    abstract protected function kind(): string;

    abstract protected function carryOut(TrialRecord $trial): string;

    final protected function api(string $action, array $parameters): array
    {
        return LocalApi::demand($action, $parameters, $this->admin);
    }

    /** @throws RuntimeException if the trial cannot start */
    private function prepare(): void
    {
        $problem = ActingAdmin::problem($this->admin);
        if ($problem !== '') {
            throw new RuntimeException($problem);
        }
        if (AutomaticUse::isOn()) {
            throw new RuntimeException('Switch Automatic Credit Use off first: otherwise WHMCS puts credit on the'
                . ' invoice itself.');
        }
        if (Database::inTransaction()) {
            throw new RuntimeException('WHMCS has a transaction open.');
        }
    }
}
