#pragma once

#include "app/station/module_places.h"
#include "ui/station_profile.h"

#include <QWidget>
#include <vector>

class QFileDialog;
class QLineEdit;
class QVBoxLayout;

namespace keyconvoy::ui {

class ChoicePanel;
class Desk;
class FormField;
class VariablesTable;

/// The fields of a station profile, with what is wrong with each below it. What can be chosen (modules of this machine, tokens of
/// the module) is asked for on the token's thread.
class StationForm final : public QWidget {
    Q_OBJECT

public:
    explicit StationForm(Desk& desk, QWidget* parent = nullptr);

    void show(const StationProfile& profile);
    [[nodiscard]] StationProfile profile() const;
    /// Every field can be taken as it is.
    [[nodiscard]] bool isSound() const;

Q_SIGNALS:
    void changed();
    void revealWanted(QWidget* part);

private:
    [[nodiscard]] QWidget* makeTokenCard();
    [[nodiscard]] QWidget* makeAwsCard();
    FormField* addLine(QVBoxLayout* card, QLineEdit*& edit, const char* objectName, const QString& name, const QString& help);
    void addFileChooser(FormField* field, QLineEdit* edit, const char* objectName, const QString& title, const QString& filter);
    void edited();
    void checkVariables();
    void offerModules();
    void offerTokens();

    Desk& m_desk;
    QString m_name;
    QLineEdit* m_module = nullptr;
    QLineEdit* m_moduleInit = nullptr;
    VariablesTable* m_environment = nullptr;
    QLineEdit* m_token = nullptr;
    QLineEdit* m_awsProfile = nullptr;
    QLineEdit* m_region = nullptr;
    QLineEdit* m_endpointUrl = nullptr;
    QLineEdit* m_caBundle = nullptr;
    FormField* m_environmentField = nullptr;
    std::vector<FormField*> m_fields;
    ChoicePanel* m_modules = nullptr;
    ChoicePanel* m_tokens = nullptr;
    std::vector<app::FoundModule> m_foundModules;
    QStringList m_foundTokens;
};

}  // namespace keyconvoy::ui
